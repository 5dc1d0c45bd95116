import TwinCore
import TwinRuntime

/// What a link was given to send and has not handed to the library yet: two lines, both bounded.
///
/// What de-energises has a line of its own, which goes first and has room that nothing else can take. Because it goes
/// first, it also takes out whatever expires and waits for the same device: sent afterwards, that would undo it.
struct OutboundQueue {
    /// A publication and when it must no longer be sent.
    struct Item {
        let publication: Publication
        /// `nil` for a publication that never expires.
        let deadline: Uptime?
    }

    private var urgent = Line()
    private var ordinary = Line()
    /// How many wait that expire, by what their topics begin with.
    private var expiring: [Substring: Int] = [:]

    /// How many wait.
    var count: Int { urgent.count + ordinary.count }

    /// Whether nothing waits.
    var isEmpty: Bool { count == 0 }

    /// Adds one.
    ///
    /// - Returns: The tokens of those that it took out.
    mutating func add(_ publication: Publication, at now: Uptime) -> [UInt64] {
        let deadline = publication.expirySeconds.map { now.advanced(byMilliseconds: Int64($0) * 1000) }
        let item = Item(publication: publication, deadline: deadline)
        guard publication.deenergises else {
            if deadline != nil { expiring[Self.target(publication.topic), default: 0] += 1 }
            ordinary.append(item)
            return []
        }
        urgent.append(item)
        let target = Self.target(publication.topic)
        guard target.isEmpty ? !expiring.isEmpty : expiring[target] != nil else { return [] }
        return remove { item in
            item.deadline != nil && (target.isEmpty || Self.target(item.publication.topic) == target)
        }
    }

    /// Takes out the next one to send, together with the tokens of those before it whose time is over.
    mutating func next(at now: Uptime) -> (item: Item?, dropped: [UInt64]) {
        if let item = urgent.popFirst() { return (item, []) }
        var dropped: [UInt64] = []
        while let item = ordinary.popFirst() {
            guard let deadline = item.deadline else { return (item, dropped) }
            forget(item)
            if deadline > now { return (item, dropped) }
            dropped.append(item.publication.token)
        }
        return (nil, dropped)
    }

    /// Takes out those whose time is over, and returns their tokens.
    mutating func dropExpired(at now: Uptime) -> [UInt64] {
        guard !expiring.isEmpty else { return [] }
        return remove { item in item.deadline.map { $0 <= now } ?? false }
    }

    /// Says that the connection is gone: what de-energises waits for the next one, first what was on its way.
    ///
    /// - Returns: The tokens of the others, none of which was sent.
    mutating func connectionLost(unanswered: [Publication]) -> [UInt64] {
        var urgent = Line()
        for publication in unanswered where publication.deenergises {
            urgent.append(Item(publication: publication, deadline: nil))
        }
        while let item = self.urgent.popFirst() { urgent.append(item) }
        self.urgent = urgent
        return remove { _ in true }
    }

    /// What the topics of one device begin with, `kaiser/{kaiser}/esp/{id}`; empty for a topic of all of them.
    private static func target(_ topic: String) -> Substring {
        let levels = topic.split(separator: "/", maxSplits: 4, omittingEmptySubsequences: false)
        guard levels.count == 5, levels[2] == "esp" else { return "" }
        return topic[..<levels[3].endIndex]
    }

    private mutating func remove(where isOut: (Item) -> Bool) -> [UInt64] {
        var (kept, tokens) = (Line(), [UInt64]())
        while let item = ordinary.popFirst() {
            if isOut(item) {
                forget(item)
                tokens.append(item.publication.token)
            } else {
                kept.append(item)
            }
        }
        ordinary = kept
        return tokens
    }

    private mutating func forget(_ item: Item) {
        guard item.deadline != nil else { return }
        let target = Self.target(item.publication.topic)
        expiring[target] = expiring[target].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
}

/// Publications in the order in which they came.
private struct Line {
    private var items: [OutboundQueue.Item] = []
    private var first = 0
    /// How many taken items are kept before the rest moves up.
    private static let slack = 1024

    var count: Int { items.count - first }

    mutating func append(_ item: OutboundQueue.Item) { items.append(item) }

    mutating func popFirst() -> OutboundQueue.Item? {
        guard first < items.count else { return nil }
        let item = items[first]
        first += 1
        if first == items.count {
            items.removeAll(keepingCapacity: count < Self.slack && items.capacity < Self.slack)
            first = 0
        } else if first >= Self.slack, first * 2 >= items.count {
            items.removeFirst(first)
            first = 0
        }
        return item
    }
}
