import TwinCore
import TwinRuntime

/// Makes the new wish of the present one: merges a patch, reads what came of it, and judges it.
struct WishChange: Sendable {
    /// The path under which a missing precondition is told apart from other problems.
    static let preconditionPath = "If-Match"

    /// What is to change in `desired`.
    let patch: JSONValue
    /// What is known of kinds and boards.
    let catalogue: Catalogue
    /// The board's word, as the device says it.
    let reportedBoard: String?
    /// Whether the caller named the revision that it saw.
    let isConditional: Bool

    /// The new wish, or everything that is wrong with it.
    func make(of wish: Desired) -> Result<Desired, ConfigurationProblems> {
        switch WishReader(catalogue: catalogue).read(wish.json.merging(patch)) {
        case .failure(let problems): return .failure(problems)
        case .success(let new):
            var problems = boardProblems(from: wish, to: new)
            problems += new.problems(board: board(of: new)).map(\.inTheInterfacesWords)
            if !problems.isEmpty { return .failure(ConfigurationProblems(problems)) }
            let limited = Self.changedLimits(from: wish, to: new)
            if !isConditional, !limited.isEmpty {
                let paths = limited.map { "actuators/\($0)" }.joined(separator: ", ")
                let detail = "limits of \(paths) change"
                return .failure(
                    ConfigurationProblems([ConfigurationProblem(path: Self.preconditionPath, detail: detail)]))
            }
            return .success(new)
        }
    }

    /// The outputs whose limits or behaviour without the server another wish already set.
    ///
    /// Whoever changes one of these must have seen what stands there, or two people loosen each other's limits.
    static func changedLimits(from old: Desired, to new: Desired) -> [GPIO] {
        new.actuators.keys.sorted().filter { pin in
            guard let before = old.actuators[pin], let after = new.actuators[pin] else { return false }
            return before.maximumRuntimeMilliseconds != after.maximumRuntimeMilliseconds
                || before.isOnByDefault != after.isOnByDefault || before.defaultLevel != after.defaultLevel
                || before.isInverted != after.isInverted || before.isCritical != after.isCritical
        }
    }

    /// The board that a wish is judged on: the wished one, or the one that the device says it is.
    private func board(of wish: Desired) -> Board? {
        (wish.board ?? reportedBoard).flatMap { catalogue.board(named: $0) }
    }

    private func boardProblems(from old: Desired, to new: Desired) -> [ConfigurationProblem] {
        guard let word = new.board, word != old.board, catalogue.board(named: word) == nil else { return [] }
        let known = catalogue.boards.map(\.name).joined(separator: ", ")
        return [
            ConfigurationProblem(
                path: "board", detail: "there is no board '\(word.prefix(40))'; expected one of \(known)")
        ]
    }
}

extension ConfigurationProblem {
    /// The same with the names that the interface gives to members.
    fileprivate var inTheInterfacesWords: Self {
        ConfigurationProblem(
            path: path.replacing("/maximum_runtime_milliseconds", with: "/max_runtime_seconds"), detail: detail,
            conflict: conflict)
    }
}

extension Catalogue {
    /// The board of that name or wire word, in either case.
    func board(named word: String) -> Board? {
        let wanted = word.lowercased()
        return boards.first { board in ([board.name] + board.aliases).contains { $0.lowercased() == wanted } }
    }
}
