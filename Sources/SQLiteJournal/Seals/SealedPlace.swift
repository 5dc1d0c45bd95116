import GRDB

/// Where a row's values go, and the seal that grows with them.
struct SealedPlace {
    /// Where the values are bound; `nil` when only the seal is asked for.
    private let place: RowInsertion.Place?
    private(set) var seal = SealedTable.readings.seal

    init(_ place: RowInsertion.Place?) { self.place = place }

    mutating func add(_ value: Int64, _ column: Int) {
        place?.bind(value, CInt(column))
        seal.add(value, column)
    }

    mutating func add(_ value: Double, _ column: Int) {
        place?.bind(value, CInt(column))
        seal.add(value, column)
    }

    mutating func add(_ value: String, _ column: Int) {
        place?.bind(value, CInt(column))
        seal.add(value, column)
    }
}

extension Statement {
    /// Executes an insertion whose arguments are a table's columns, in their order, and then the seal over them.
    func execute(sealed table: SealedTable, _ values: [any DatabaseValueConvertible]) throws {
        let values = values.map(\.databaseValue)
        try execute(arguments: StatementArguments(values + [table.seal(values).databaseValue]))
    }
}
