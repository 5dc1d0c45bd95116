import GRDB
public import TwinCore
public import TwinRuntime

extension SQLiteJournal: KeptHistory {
    /// The event time before which samples may have been removed; `nil` when none was.
    public func keptFrom() async throws -> UnixTime? {
        let mark = try await read { try Schema.mark(Schema.Mark.readingsFrom, $0) }
        return mark == 0 ? nil : UnixTime(milliseconds: mark)
    }
}
