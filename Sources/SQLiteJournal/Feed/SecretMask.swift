import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Takes emergency tokens out of what leaves the journal.
///
/// Each token has one stand-in, so that what is rebuilt from stand-ins tells tokens from each other as the journal does.
/// It is made with a number that never leaves the journal: nobody can find the token by trying.
struct SecretMask {
    private static let prefix = "hidden-"
    private static let digits = 12
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }()

    private let salt: String

    init(_ db: Database) throws {
        let salt = try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = 'mask'")
        guard let salt else {
            throw JournalFailure.unreadable("row name=mask of identity", ColumnFault("value", "nothing"))
        }
        self.salt = salt
    }

    /// A stored event without its secrets; `nil` when there are none.
    func masked(_ body: String, of event: Event) throws -> String? {
        switch event {
        case .device(.token(.sent(let token, _))), .site(.broadcastTokenChanged(let token?, _)):
            try masked(body, [token])
        case .site, .device, .sensor, .actuator: nil
        }
    }

    /// A stored twin without its secrets; `nil` when there are none.
    func masked(_ body: String, of twin: DeviceSnapshot) throws -> String? {
        let tokens = TokenUse.allCases.map { twin.device.tokens[$0] }.flatMap { held in
            [held.confirmed, held.sent].compactMap(\.self) + held.doubtful
        }
        return tokens.isEmpty ? nil : try masked(body, tokens)
    }

    /// What stands where a token was.
    func standIn(for token: EmergencyToken) -> EmergencyToken {
        let digest = SHA256.hexDigest(of: Array((salt + token.text).utf8))
        return EmergencyToken(Self.prefix + digest.prefix(Self.digits)) ?? .hidden
    }

    private func masked(_ body: String, _ tokens: [EmergencyToken]) throws -> String {
        var masked = body
        for token in tokens {
            let stored = try Self.json(token)
            guard body.contains(stored) else {
                throw JournalFailure("a secret is stored in a way that this Doppel cannot take out.")
            }
            masked = masked.replacing(stored, with: try Self.json(standIn(for: token)))
        }
        return masked
    }

    private static func json(_ token: EmergencyToken) throws -> String {
        String(decoding: try encoder.encode(token), as: UTF8.self)
    }
}
