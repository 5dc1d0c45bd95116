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
    /// Whose wish it is.
    let device: DeviceID
    /// The board's word, as the device says it.
    let reportedBoard: String?
    /// The actuators that the device holds: what is taken back stays there until the device is told.
    var reportedActuators: [GPIO: ActuatorWish] = [:]
    /// Whether the caller named the revision that it saw.
    let isConditional: Bool

    /// The new wish, or everything that is wrong with it.
    func make(of wish: Desired) -> Result<ConfigurationWish, ConfigurationProblems> {
        switch WishReader(catalogue: catalogue).read(wish.json.merging(patch)) {
        case .failure(let problems): return .failure(problems)
        case .success(let new):
            var problems = boardProblems(from: wish, to: new)
            problems += new.problems(board: board(of: new)).map(\.inTheInterfacesWords)
            if !problems.isEmpty { return .failure(ConfigurationProblems(namedFirst(problems))) }
            let limited = changedLimits(from: wish, to: new)
            if !isConditional, !limited.isEmpty {
                let paths = limited.map { "actuators/\($0)" }.joined(separator: ", ")
                let detail = "limits of \(paths) change"
                return .failure(
                    ConfigurationProblems([ConfigurationProblem(path: Self.preconditionPath, detail: detail)]))
            }
            return .success(ConfigurationWish(desired: new, touched: touched))
        }
    }

    /// The properties that the patch names, whether they change or not.
    private var touched: [PropertyPath] {
        var paths: [PropertyPath] = []
        for member in patch.members {
            switch member.name {
            case "name": paths.append(.name)
            case "board": paths.append(.board)
            case "zone": paths.append(.zone)
            case "subzones": paths += member.value.members.map { .subzone($0.name) }
            case "sensors": paths += member.value.members.compactMap { SensorKey(id: $0.name).map { .sensor($0) } }
            case "actuators":
                paths += member.value.members.compactMap { Int($0.name).flatMap(GPIO.init).map { .actuator($0) } }
            default: break  // Refused when the document is read.
            }
        }
        return paths
    }

    /// The problems of what the patch names before all others.
    ///
    /// Of two parts that want one pin each is a problem; told first is that of the newcomer.
    private func namedFirst(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
        let named = touched.map(\.description)
        let isNamed = { (problem: ConfigurationProblem) in
            named.contains { problem.path == $0 || problem.path.hasPrefix("\($0)/") }
        }
        return problems.filter(isNamed) + problems.filter { !isNamed($0) }
    }

    /// The outputs whose limits or behaviour without the server another wish already set.
    ///
    /// Whoever changes one of these must have seen what stands there, or two people loosen each other's limits. An
    /// actuator that was taken back and is still on the device stands there too.
    private func changedLimits(from old: Desired, to new: Desired) -> [GPIO] {
        new.actuators.keys.sorted().filter { pin in
            guard let before = old.actuators[pin] ?? reportedActuators[pin], let after = new.actuators[pin] else {
                return false
            }
            return before.maximumRuntimeMilliseconds != after.maximumRuntimeMilliseconds
                || before.isOnByDefault != after.isOnByDefault || before.defaultLevel != after.defaultLevel
                || before.isInverted != after.isInverted || before.isCritical != after.isCritical
        }
    }

    /// The board that a wish is judged on: the wished one, or the one that the device says it is.
    private func board(of wish: Desired) -> Board? {
        wish.board.flatMap { catalogue.board($0) } ?? catalogue.board(of: device, saying: reportedBoard)
    }

    private func boardProblems(from old: Desired, to new: Desired) -> [ConfigurationProblem] {
        guard let word = new.board, word != old.board, catalogue.board(word) == nil else { return [] }
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
            path: path.replacing("/maximum_runtime_milliseconds", with: "/max_runtime_seconds")
                .replacing("/auxiliary", with: "/auxiliary_gpio"), detail: detail, conflict: conflict)
    }
}
