import KaiserProtocol
import OrderedCollections
import TwinCore

extension Request {
    /// Whether it puts energy into an output.
    var energises: Bool {
        if case .command(let command) = self { command.energises } else { false }
    }

    /// Whether it is over when its cause does not become durable at once, because its caller is told so.
    ///
    /// Everything else is what Doppel has to say anyway, and waits.
    var needsItsCommit: Bool {
        if case .operate = self { true } else { energises }
    }
}

extension Runtime {
    /// Lets a request leave whose cause is durable, if it still stands.
    ///
    /// While it waited for the disk, an OFF or a stop may have left, which a command from before must not undo; nor
    /// must a clearing from before undo a new stop.
    ///
    /// - Parameter receivedAt: When the messages of its turn came in, by the loop's nanoseconds.
    func release(_ request: Request, receivedAt: UInt64?) {
        switch request {
        case .command(let command):
            doubtAfterPause()
            guard let command = command.leaving(at: loop.moment) else { return giveUp(request, .expired) }
            guard stillStands(command) else { return giveUp(request, .failed("it was overtaken while it waited")) }
            if !send(.command(command)) { giveUp(request, .failed("the connection to the broker is down")) }
        case .clearDevice(let order): if stillStands(order) { send(request) }
        case .operate(let address, let operation): release(operation, to: address)
        // What is held back is asked for again when its time comes.
        case .configure(let address, let step): if mayBeTold(step, address.device) { send(request) }
        case .answerProcessing: if send(request) { noteAnswer(by: .response, since: receivedAt) }
        case .tellProcessed: if send(request) { noteAnswer(by: .processed, since: receivedAt) }
        case .acknowledgeHeartbeat, .eraseWill, .stopDevice, .stopEverything, .tellPresence, .transfer,
            .claimSite:
            send(request)
        }
    }

    private func noteAnswer(by door: ProcessingTimes.Door, since receivedAt: UInt64?) {
        guard let receivedAt else { return }
        counters.processing.record(door, nanoseconds: loop.uptimeNanoseconds - receivedAt)
    }

    /// Hands a request to the control connection.
    ///
    /// - Returns: Whether the connection took it. What de-energises is sent again by its twin until it shows effect.
    @discardableResult
    func send(_ request: Request) -> Bool {
        let message = KaiserEncoder.encode(request)
        let token = nextToken
        nextToken += 1
        let wasTaken = broker.publish(
            Publication(
                token: token, topic: message.topic, payload: message.payload, qos: message.qos,
                isRetained: message.isRetained, expirySeconds: message.expirySeconds,
                deenergises: request.leavesAtOnce))
        guard wasTaken else {
            counters.unpublished += 1
            return false
        }
        counters.published += 1
        if case .command(let command) = request { noteSent(command, token: token) }
        if case .eraseWill = request { erasures.insert(message.topic) }
        if case .operate(let address, let operation) = request {
            noteSent(operation, to: address.device)
        }
        return true
    }

    /// The broker confirmed a publication.
    func acknowledged(_ token: UInt64) {
        guard let command = commandsInFlight.removeValue(forKey: token),
            let twin = directory.assumeIsolated({ $0.twin(command.device) })
        else { return }
        let moment = loop.moment
        let event = ActuatorEvent.commandAcknowledged(command.id)
        take(twin.assumeIsolated { $0.progress(event, on: command.gpio, at: moment) }, from: twin)
        commitIfIdle()
    }

    /// Gives up a command that must not leave any more; anything else the device asks for again by itself.
    func giveUp(_ request: Request, _ outcome: CommandOutcome) {
        guard case .command(let command) = request else { return }
        giveUp(
            CommandInFlight(device: command.address.device, gpio: command.gpio, id: command.id), outcome)
    }

    /// Gives up a command that did not leave, or not in time.
    func giveUp(_ command: CommandInFlight, _ outcome: CommandOutcome) {
        guard let twin = directory.assumeIsolated({ $0.twin(command.device) }) else { return }
        let moment = loop.moment
        let surroundings = surroundings
        take(
            twin.assumeIsolated { $0.abort(command.id, on: command.gpio, outcome, surroundings, at: moment) },
            from: twin)
        arm(twin)
    }

    /// Keeps a durable record at hand, and tells who waits for its end.
    func remember(_ record: CommandRecord) {
        let id = record.order.id
        recentCommands.updateValue(record, forKey: id)
        if recentCommands.count > Self.recentCommandLimit { recentCommands.removeFirst() }
        if record.state.isFinal, let waiters = finishWaiters.removeValue(forKey: id) {
            for token in waiters.keys.sorted() { waiters[token]?(record) }
        }
    }

    private func stillStands(_ command: ClearedCommand) -> Bool {
        guard claim.isOurs, let twin = directory.assumeIsolated({ $0.twin(command.address.device) }) else {
            return false
        }
        let latch = latch
        return twin.assumeIsolated {
            $0.incident(holding: command.gpio, latch) == nil && $0.isUnderWay(command.id, on: command.gpio)
        }
    }

    private func stillStands(_ clearing: EmergencyOrder) -> Bool {
        guard let device = clearing.address?.device, let twin = directory.assumeIsolated({ $0.twin(device) }) else {
            return false
        }
        let latch = latch
        return twin.assumeIsolated { $0.incident(latch) == nil && $0.state.isClearing(clearing.incident) }
    }

    /// While an emergency stop holds a device, nothing is said to it that could change what its outputs do; while one
    /// of them may be energised, nothing that could take it out of reach.
    private func mayBeTold(_ step: ConfigurationStep, _ device: DeviceID) -> Bool {
        guard let twin = directory.assumeIsolated({ $0.twin(device) }) else { return false }
        let (surroundings, moment) = (surroundings, loop.moment)
        return twin.assumeIsolated {
            $0.incident(reachingInto: surroundings.latch) == nil && $0.mayBeTold(step, surroundings, at: moment)
        }
    }

    private func noteSent(_ command: ClearedCommand, token: UInt64) {
        commandsInFlight[token] = CommandInFlight(
            device: command.address.device, gpio: command.gpio, id: command.id)
        if commandsInFlight.count > Self.inFlightLimit { commandsInFlight.removeFirst() }
        guard let twin = directory.assumeIsolated({ $0.twin(command.address.device) }) else { return }
        let moment = loop.moment
        take(twin.assumeIsolated { $0.sent(command.id, on: command.gpio, at: moment) }, from: twin)
        arm(twin)
        // The turn that asked for this ends with a commit of its own; a release does not.
        loop.post { self.assumeIsolated { $0.commitIfIdle() } }
    }
}
