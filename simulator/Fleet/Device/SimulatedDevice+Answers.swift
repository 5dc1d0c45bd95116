import TwinCore

/// An answer that its device is in no hurry to send.
struct PostponedAnswer: Sendable, Equatable {
    /// When it is sent.
    let due: Uptime
    /// What is sent.
    let publication: DevicePublication
}

extension SimulatedDevice {
    /// Sends an answer: once, in time, unless the personality loses, repeats or delays it.
    mutating func respond(
        _ subtopic: String, _ payload: PayloadWriter, after delay: Int64 = 0, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        respond(
            with: DevicePublication(topic: topicPrefix + subtopic, payload: payload.finished(), qos: 1), after: delay,
            at: now, into: &actions)
    }

    /// Sends an answer on a topic of its own choice; see above.
    mutating func respond(
        with publication: DevicePublication, after delay: Int64 = 0, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        guard !happens(personality.lostAnswers) else { return }
        let count = happens(personality.repeatedAnswers) ? 2 : 1
        let delay = delay + Int64(max(0, personality.answerDelayMilliseconds))
        for _ in 0..<count {
            if delay > 0 {
                postpone(publication, until: now.uptime.advanced(byMilliseconds: delay))
            } else {
                actions.append(.publish(publication))
            }
        }
    }

    /// Sends a message later, if the connection lasts.
    mutating func postpone(_ publication: DevicePublication, until due: Uptime) {
        let index = postponed.firstIndex { $0.due > due } ?? postponed.endIndex
        postponed.insert(PostponedAnswer(due: due, publication: publication), at: index)
    }

    /// Sends what was postponed until now.
    mutating func sendPostponed(at now: Uptime, into actions: inout [DeviceAction]) {
        while let first = postponed.first, first.due <= now {
            postponed.removeFirst()
            actions.append(.publish(first.publication))
        }
    }

    /// Whether something that the personality leaves to luck happens.
    mutating func happens(_ chance: Double) -> Bool { chance > 0 && whim.unit() < chance }
}
