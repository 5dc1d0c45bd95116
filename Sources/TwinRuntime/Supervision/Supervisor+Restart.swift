import Logging

extension Supervisor {
    /// How long a part goes on before a restart that was asked for stops it, in milliseconds.
    ///
    /// The gateway may be the part, and who asks through it gets the answer before the connection ends.
    static let answerMilliseconds: Int64 = 100

    /// Restarts one part of the tree, and counts it in its history; called on the root.
    ///
    /// - Parameters:
    ///   - node: Its path from the root down, such as `root/gateway`, or its name where only one part has it.
    ///   - name: Who asks.
    /// - Returns: The tree, with the restart begun.
    /// - Throws: Which parts there are, or why this one cannot be restarted by itself and what to do instead.
    public func restart(_ node: String, by name: String) throws(ServiceError) -> SupervisionReport {
        let known = report().root.paths
        let suffix = "/\(node)"
        let matches = known.contains(node) ? [node] : known.filter { $0.hasSuffix(suffix) }
        guard matches.count == 1, let path = matches.first else { throw .unknownPart(node, known: known) }
        let names = path.split(separator: "/").map(String.init).dropFirst()
        if let refusal = refusal(restarting: names) { throw refusal }
        logger.notice("A part is restarted, because somebody asked.", metadata: ["part": "\(path)", "by": "\(name)"])
        return report()
    }

    /// Restarts what the names lead to, or says why not.
    private func refusal(restarting names: ArraySlice<String>) -> ServiceError? {
        guard !isStopping else { return .notRunning }
        guard let first = names.first, let index = seats.firstIndex(where: { $0.child.name == first }) else {
            return .unsuitable(
                "'\(name)' is the whole program; end it in order and start it again: `systemctl restart doppel`, "
                    + "or Ctrl-C and `doppel serve`")
        }
        let seat = seats[index]
        if let inner = seat.child.part as? Supervisor, names.count > 1 {
            return inner.assumeIsolated { $0.refusal(restarting: names.dropFirst()) }
        }
        if let obstacle = seat.child.restartObstacle {
            return .unsuitable("'\(first)' cannot be restarted by itself: \(obstacle)")
        }
        switch seat.state {
        case .stopped: return .notRunning
        case .stopping: return nil
        case .starting, .running: stopToRestart(index)
        case .waiting, .ended, .failed:
            seats[index].history.asked()
            start(index)
        }
        return nil
    }

    private func stopToRestart(_ index: Int) {
        seats[index].history.asked()
        seats[index].generation += 1
        change(index, to: .stopping)
        _ = loop.schedule(afterMilliseconds: Self.answerMilliseconds) {
            self.assumeIsolated { $0.stop(index) }
        }
    }
}

extension SupervisionReport.Node {
    /// The paths of this node and of all below it.
    fileprivate var paths: [String] { [path] + children.flatMap(\.paths) }
}
