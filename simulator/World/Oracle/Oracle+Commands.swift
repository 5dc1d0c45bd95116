import TwinCore
import TwinRuntime

extension Oracle {
    /// Something left the runtime.
    ///
    /// - Parameter run: Which run it left.
    func left(_ publication: Publication, by run: Int = 0, at time: Int64) {
        mix(publication, at: time)
        note("runtime -> \(publication.topic) \(String(decoding: publication.payload, as: UTF8.self))", at: time)
        judgeScope(publication, at: time)
        claims(publication, by: run)
        noteKnown(publication, by: run)
        guard let command = CommandSeen(publication) else { return }
        let device = record(command.device)
        let output = device.output(command.gpio)
        guard command.energises else {
            output.offsLeft += 1
            // An older instance goes on switching off, and the newer one need not follow it.
            if run == newestRun { output.lastOff = time }
            return
        }
        energisings += 1
        judgeHygiene(command, publication, isOutdated: isOutdated(run), at: time)
        judgeCause(command, output, at: time)
        if run == newestRun { judgeWhatHolds(command, device, output, at: time) }
        permit(command, output, at: time)
    }

    /// An answered heartbeat makes a device known; what an older instance answers, the newer one need not know.
    private func noteKnown(_ publication: Publication, by run: Int) {
        guard run != lingeringRun, publication.topic.utf8.suffix(14).elementsEqual("/heartbeat/ack".utf8) else {
            return
        }
        let levels = publication.topic.split(separator: "/")
        if levels.count > 3, let device = DeviceID(String(levels[3])) { record(device).isKnown = true }
    }

    /// What people were told that it holds; an older instance that has not heard of the newer one does not know of it.
    private func judgeWhatHolds(
        _ command: CommandSeen, _ device: DeviceRecord, _ output: OutputRecord, at time: Int64
    ) {
        judgeLimits(command, output, at: time)
        judgeBonds(command, WorldOutput(device: device.place, gpio: Int(command.gpio.number)), at: time)
        judgePersons(command, output, device.place, at: time)
        judgeTag(command, output, at: time)
        if device.stoppedSince != nil || output.stoppedSince != nil {
            violate(.stop, "command \(command.id) energised \(device.id) while it was stopped", at: time)
        }
    }

    /// An OFF that somebody asked for has left by the time that his call returns.
    func judgeOff(of address: OutputAddress, since before: Int, at time: Int64) {
        guard record(address.device).output(address.gpio).offsLeft == before else { return }
        violate(.off, "an OFF for \(address) was asked for, and none left", at: time)
    }

    private func judgeHygiene(_ command: CommandSeen, _ publication: Publication, isOutdated: Bool, at time: Int64) {
        if publication.isRetained { violate(.commandHygiene, "command \(command.id) was retained", at: time) }
        if publication.expirySeconds == nil {
            violate(.commandHygiene, "command \(command.id) never expires", at: time)
        }
        if isOutdated {
            violate(.newestInstance, "command \(command.id) left an instance that had heard of a newer one", at: time)
        }
    }

    private func judgeCause(_ command: CommandSeen, _ output: OutputRecord, at time: Int64) {
        let id = CommandID(command.id)
        if olderDisks.contains(where: { $0.acceptedCommands[id] != nil }) { return }
        guard let accepted = disk.acceptedCommands[id] else {
            return violate(
                .durableFirst, "command \(command.id) energised \(command.device) before its cause was durable",
                at: time)
        }
        if let off = output.lastOff, off > runBegunAt + accepted.milliseconds {
            violate(.laterOff, "command \(command.id) energised \(command.device) after a later OFF had left", at: time)
        }
    }

    /// Limits that can be judged from what leaves alone.
    private func judgeLimits(_ command: CommandSeen, _ output: OutputRecord, at time: Int64) {
        let whom = "\(command.device) gpio \(command.gpio)"
        if let longest = rules.maximumLeaseSeconds, command.durationSeconds > longest {
            violate(
                .limits, "command \(command.id) lasts \(command.durationSeconds) s, longer than \(longest) s", at: time)
        }
        judgeOnTime(command, output, at: time)
        // What was shown off has rested since it really went off; the runtime counts from later.
        let wasShownOff =
            output.onSince == nil
            && (output.shownOffAt ?? .min)
                >= max(
                    output.offSince ?? .min, output.lastEnergised ?? .min)
        guard wasShownOff, output.foreignUntil == nil, !record(command.device).hadRival else { return }
        if let rest = rules.minimumOffMilliseconds, let off = output.offSince, time < off + rest {
            violate(.limits, "\(whom) was energised \(time - off) ms after going off, sooner than \(rest) ms", at: time)
        }
        judgeStarts(command, output, at: time)
    }

    /// Durations are told in whole seconds, so that a command that has waited for a part of one lasts that part longer.
    static let partOfASecondMilliseconds: Int64 = 1_000

    /// What is on, and shown so, is kept on for no longer than its longest on-time altogether: the runtime counts from
    /// when it let the first command pass, which was earlier.
    private func judgeOnTime(_ command: CommandSeen, _ output: OutputRecord, at time: Int64) {
        guard let longest = rules.maximumOnMilliseconds, let since = output.onSince, let shown = output.shownOnAt,
            shown >= since, output.shownOn == true, output.soundSince == 0, output.foreignUntil == nil,
            !record(command.device).hadRival, olderDisks.isEmpty
        else { return }
        let end = time + Int64(command.durationSeconds) * 1000
        if end > since + longest + Self.partOfASecondMilliseconds {
            violate(
                .limits,
                "\(command.id) keeps \(command.device) gpio \(command.gpio) on for \(end - since) ms, \(longest) ms are allowed",
                at: time)
        }
    }

    /// A start is the first sending of a command to an output that was shown off since the one before.
    private func judgeStarts(_ command: CommandSeen, _ output: OutputRecord, at time: Int64) {
        let pin = Int(command.gpio.number)
        guard let most = rules.startsPerHour[pin] ?? rules.maximumStartsPerHour,
            !output.energisedBy.contains(command.id)
        else { return }
        output.starts.removeAll { $0 <= time - 3_600_000 }
        output.starts.append(time)
        if output.starts.count > most {
            violate(
                .limits,
                "\(command.device) gpio \(pin) was started \(output.starts.count) times within an hour, \(most) are allowed",
                at: time)
        }
    }

    private func permit(_ command: CommandSeen, _ output: OutputRecord, at time: Int64) {
        let until = time + Int64(command.durationSeconds) * 1000
        output.lastEnergised = time
        output.energisedBy.insert(command.id)
        if !command.isCountedByDevice { output.dimmedUntil = until }
        output.permission = OutputRecord.Permission(
            until: until, longestUntil: max(until, output.permission?.longestUntil ?? until),
            isCountedByDevice: output.dimmedUntil == nil)
    }
}
