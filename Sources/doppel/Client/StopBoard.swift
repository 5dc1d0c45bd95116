/// The scoreboard of the emergency stop, kept up to date from the stream of its changes.
struct StopBoard {
    /// The most rows that are shown while it is followed; what needs attention comes first.
    static let maximumRows = 40

    private var head: [String: WireValue] = [:]
    private var order: [Place] = []
    private var lines: [Place: WireValue] = [:]

    private struct Place: Hashable {
        let device: String
        let gpio: Double?

        init(_ line: WireValue) {
            device = line["device"]?.text ?? ""
            gpio = line["gpio"]?.number
        }
    }

    /// Takes one event of the stream.
    ///
    /// - Returns: Whether it said anything about the scoreboard.
    mutating func take(_ event: ServerEvent) -> Bool {
        guard ["scoreboard", "changed"].contains(event.name),
            let value = try? WireValue(json: Array(event.data.utf8)), case .members(let members) = value
        else { return false }
        if event.name == "scoreboard" { (order, lines) = ([], [:]) }
        head = members
        let gone = Set((value["gone"]?.items ?? []).map(Place.init))
        for place in gone { lines[place] = nil }
        if !gone.isEmpty { order.removeAll { gone.contains($0) } }
        for line in value["lines"]?.items ?? [] where lines.updateValue(line, forKey: Place(line)) == nil {
            order.append(Place(line))
        }
        return true
    }

    /// The report as it stands, in the form in which it is asked for at once.
    var report: WireValue {
        var members = head
        members["gone"] = nil
        members["lines"] = .list(order.compactMap { lines[$0] })
        return .members(members)
    }
}
