import EventLoop
import Logging
import TwinCore
import TwinRuntime

extension MosquittoBroker {
    /// Where our own message goes that tells what the ingest session had before it from what came later.
    ///
    /// A topic on which only servers speak: whoever else subscribed to everything takes it for one of their words.
    static let fenceTopic = "kaiser/answers/server/status"

    /// Connects the two gated connections: the answers' session is there before the ingest connection reads anything.
    func startGated() { answers.start(answersEvents()) }

    private func answersEvents() -> LinkEvents {
        var events = LinkEvents()
        events.connected = { [self] wasResumed in
            coverage.answersConnected(wasResumed: wasResumed)
            carryOut(telemetry.answersStand())
            sendFence()
            note(.answers, .connected(wasResumed: wasResumed))
        }
        events.disconnected = { [self] reason, wait in
            coverage.answersLost()
            note(.answers, .disconnected(reason, retryMilliseconds: wait))
        }
        events.received = { self.handOver($0) }
        return events
    }

    func ingestEvents() -> LinkEvents {
        var events = LinkEvents()
        events.keeps = { [self] topic, qos in !coverage.letsGo(qos: qos) || !AnswerTopics.contains(topic) }
        events.connected = { [self] wasResumed in
            if coverage.ingestConnected(wasResumed: wasResumed) { answers.cut() }
            sendFence()
            note(.ingest, .connected(wasResumed: wasResumed))
        }
        events.disconnected = { [self] reason, wait in
            coverage.ingestLost()
            note(.ingest, .disconnected(reason, retryMilliseconds: wait))
        }
        events.received = { [self] batch in
            if let fence = coverage.awaitedFence, brings(fence, batch) { fenceRead = fence }
            handOver(batch)
        }
        return events
    }

    /// Says into the ingest session that everything before this came while the answers session may not have been there.
    func sendFence() {
        guard let fence = coverage.awaitedFence, ingest.isUp else { return }
        logger.notice(
            "The broker has begun a new session for answers; what waits in the older one is read first.",
            metadata: ["fence": "\(fence)"])
        _ = control.publish(
            Publication(token: Self.fenceToken, topic: Self.fenceTopic, payload: payload(of: fence), qos: 1))
    }

    private func payload(of fence: UInt64) -> [UInt8] {
        Array(#"{"status":"online","session":"\#(answers.options.clientID)","fence":"\#(run)-\#(fence)"}"#.utf8)
    }

    private func brings(_ fence: UInt64, _ batch: InboundBatch) -> Bool {
        let payload = payload(of: fence)
        return batch.entries.contains { entry in
            batch.bytes[entry.payload].elementsEqual(payload)
                && batch.bytes[entry.topic].elementsEqual(Self.fenceTopic.utf8)
        }
    }
}
