import Foundation

/// What somebody said on the channel of the inbox, such as `{"table":"inbox_messages","key":17}`.
enum InboxNotice: Equatable {
    /// A row is there, under this key.
    case row(Int64)
    case wrong(Flaw)

    /// What is wrong with a payload.
    enum Flaw: String, CaseIterable {
        case noJSON = "no JSON object"
        case noTable = "no text \"table\""
        case otherTable = "another table"
        case noKey = "no whole number \"key\" above 0"
    }

    /// The table whose rows are taken.
    static let table = "inbox_messages"
    /// The most of a payload that is shown, in characters.
    static let shownCharacters = 120

    /// Reads a payload.
    ///
    /// PostgreSQL takes 8,000 bytes at most, so it is small.
    init(_ payload: String) {
        guard let words = try? JSONDecoder().decode(Words.self, from: Data(payload.utf8)) else {
            self = .wrong(.noJSON)
            return
        }
        guard let table = words.table else {
            self = .wrong(.noTable)
            return
        }
        guard table == Self.table else {
            self = .wrong(.otherTable)
            return
        }
        self = words.key.flatMap { $0 > 0 ? .row($0) : nil } ?? .wrong(.noKey)
    }

    private struct Words: Decodable {
        let table: String?
        let key: Int64?

        enum Name: String, CodingKey { case table, key }

        init(from decoder: any Decoder) throws {
            let words = try decoder.container(keyedBy: Name.self)
            table = try? words.decode(String.self, forKey: .table)
            key = try? words.decode(Int64.self, forKey: .key)
        }
    }
}
