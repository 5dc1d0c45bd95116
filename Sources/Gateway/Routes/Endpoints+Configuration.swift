import HTTPTypes
import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// The only member of a twin that can be changed from outside.
    private static let changeable = "desired"

    /// Answers `PATCH /api/v1/twins/{device}`: changes what a device is to be.
    ///
    /// Merging, reading and judging happen on the loop, on the wish as it stands then, so that two changes at the same
    /// time cannot undo each other.
    @Sendable func configure(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let device = try PathReader(context).device()
        var query = QueryReader(request, known: ["validate", "valid_for"])
        let isRehearsal = query.read("validate", expected: "only") { $0 == "only" ? true : nil } ?? false
        let longest = GatewayLimits.validSeconds
        let seconds = query.read("valid_for", expected: "a whole number of seconds from 1 to \(longest)") { text in
            Int(text).flatMap { (1...longest).contains($0) ? $0 : nil }
        }
        try query.finish()
        let precondition = try EntityTag.precondition(of: request)
        let body = try await BodyReader.read(request, type: Problem.mergePatch) ?? .null
        let patch = try Self.patch(in: body)
        let view = try await view(device)
        let seen = try Self.seenRevision(precondition, of: view)
        let change = WishChange(
            patch: patch, catalogue: view.catalogue, device: device,
            reportedBoard: view.snapshot.device.hardware?.board,
            reportedActuators: view.snapshot.device.configuration.reported.actuators,
            isConditional: seen != nil)
        let outcome: ConfigurationOutcome
        do {
            outcome = try await service.configure(
                ConfigurationChange(
                    device: device, seenRevision: seen, isRehearsal: isRehearsal, validSeconds: seconds,
                    by: context.caller, change: change.make))
        } catch {
            throw Self.problem(error)
        }
        let changed = JSONValue.array(outcome.changed.sorted().map { .string($0.description) })
        return .json(
            outcome.view.json.adding([.init(name: "changed", value: changed)]),
            headers: isRehearsal ? [:] : outcome.view.revisionHeaders)
    }

    /// Answers `DELETE /api/v1/twins/{device}`.
    @Sendable func delete(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let device = try await deviceWithoutBody(request, context)
        return .json(try await service.delete(device, by: context.caller).json)
    }

    /// Why a change was not taken in.
    private static func problem(_ error: ServiceError) -> Problem {
        if case .invalidConfiguration(let problems) = error, let first = problems.list.first,
            first.path == WishChange.preconditionPath
        {
            return .revisionRequired(first.detail)
        }
        return Problem(error)
    }

    /// What a body changes of `desired`; everything else of a twin is what happened, and nobody changes that.
    private static func patch(in body: JSONValue) throws(Problem) -> JSONValue {
        guard case .object(let members) = body else { throw .malformed("the body is not an object") }
        var problems = members.filter { $0.name != changeable }.map { member in
            ConfigurationProblem(
                path: String(member.name.prefix(100)), detail: "not changeable; expected only '\(changeable)'")
        }
        let patch = body[changeable]
        if patch.map({ if case .object = $0 { false } else { true } }) ?? true {
            // `null` would take every wish back at once; nobody means that.
            problems.append(
                ConfigurationProblem(
                    path: changeable, detail: "\(patch?.text.prefix(100) ?? "missing"); expected an object"))
        }
        let most = GatewayLimits.wishMembers
        if let count = patch?.memberCount, count > most {
            problems.append(
                ConfigurationProblem(path: changeable, detail: "\(count) members; at most \(most) are read"))
        }
        guard problems.isEmpty, let patch else { throw .invalidConfiguration(ConfigurationProblems(problems)) }
        return patch
    }

    /// The revision that the caller saw; `nil` where it did not say, or takes whatever there is.
    ///
    /// Samples raise a twin's revision all the time, so a revision that is not the latest is still good enough as long
    /// as the wish did not change after it; the runtime judges that.
    private static func seenRevision(
        _ precondition: EntityTag.Precondition, of view: TwinView
    ) throws(Problem) -> UInt64? {
        switch precondition {
        case .none, .anything: return nil
        case .revisions(let revisions):
            // A revision that the twin has not reached was never shown to anybody.
            guard let seen = revisions.filter({ $0 <= view.snapshot.revision }).max() else {
                throw .revisionChanged(view.snapshot.revision)
            }
            return seen
        }
    }
}

extension TwinView {
    /// What an answer with the twin says about its revision.
    var revisionHeaders: HTTPFields { [.eTag: EntityTag.text(snapshot.revision)] }
}
