extension BusAddress {
    private static let i2cPrefix = "i2c:"
    private static let oneWirePrefix = "1wire:"

    /// How the address is stored; empty for none.
    package var column: String {
        switch self {
        case .none: ""
        case .i2c(let address): "\(Self.i2cPrefix)\(address)"
        case .oneWire(let rom): Self.oneWirePrefix + StoredText.column(rom)
        }
    }

    /// Reads a stored address; `nil` for any other text.
    package init?(column: String) {
        if column.isEmpty {
            self = .none
        } else if column.hasPrefix(Self.i2cPrefix), let address = UInt8(column.dropFirst(Self.i2cPrefix.count)) {
            self = .i2c(address)
        } else if column.hasPrefix(Self.oneWirePrefix) {
            self = .oneWire(StoredText.text(String(column.dropFirst(Self.oneWirePrefix.count))))
        } else {
            return nil
        }
    }
}
