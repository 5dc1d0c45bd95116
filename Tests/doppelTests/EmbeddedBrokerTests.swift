import Foundation
import Testing

@testable import doppel

@Suite(.timeLimit(.minutes(4))) struct EmbeddedBrokerTests {
    @Test func theBuiltInSettingsAreTheShippedOnes() throws {
        #expect(EmbeddedBrokerSettings.builtIn.common == (try Repository.text("config/mosquitto/embedded.conf")))
        let config = "\(Repository.folder)/config/doppel.yaml"
        #expect(EmbeddedBrokerSettings.find(configurationFile: config) == .builtIn)
    }

    @Test func settingsBesideTheConfigurationFileComeFirst() throws {
        let folder = try TemporaryFolder()
        try folder.write("mosquitto/embedded.conf", "allow_anonymous true\n")
        let found = EmbeddedBrokerSettings.find(configurationFile: "\(folder.path)/doppel.yaml")
        #expect(found.common == "allow_anonymous true\n")
        #expect(
            found.file(port: 5, folder: "/d/mosquitto", isRoot: true)
                == "allow_anonymous true\n\nlistener 5 127.0.0.1\npersistence_location /d/mosquitto/\nuser root\n")
        #expect(!found.file(port: 5, folder: "/d", isRoot: false).contains("user"))
    }

    /// On a full disk they could not be, and the broker carries the words that switch off.
    @Test func settingsThatAreThereAreNotWrittenAgain() throws {
        let world = try BrokerWorld()
        let file = "\(world.folder.path)/data/mosquitto/mosquitto.conf"
        var numbers: [Int?] = []
        for _ in 1...2 {
            _ = try world.preparation.prepare()
            numbers.append(try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int)
        }
        #expect(numbers[0] != nil && numbers[0] == numbers[1])
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try "of another port\n".write(toFile: file, atomically: false, encoding: .utf8)
        _ = try world.preparation.prepare()
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    }

    @Test func itListensAndAStopLeavesNoProcess() async throws {
        let world = try BrokerWorld()
        await world.start()
        #expect(await world.next() == .ready)
        #expect(LoopbackPort(number: world.port).isServed)
        #expect(world.processes.count == 1)
        await world.stop()
        #expect(world.processes.isEmpty)
        #expect(!LoopbackPort(number: world.port).isServed)
        #expect(world.isQuiet)
    }

    @Test func whenItDiesItSaysSoAndCanBeStartedAgain() async throws {
        let world = try BrokerWorld()
        await world.start()
        #expect(await world.next() == .ready)
        kill(try #require(world.processes.first), SIGKILL)
        #expect(await world.next() == .exited("the embedded broker ended (signal 9)"))
        await world.start()
        #expect(await world.next() == .ready)
        await world.stop()
        #expect(world.processes.isEmpty)
    }

    @Test func aTakenPortIsToldBeforeAnythingIsStarted() async throws {
        let world = try BrokerWorld()
        let other = try BrokerWorld(port: world.port)
        await world.start()
        #expect(await world.next() == .ready)
        await other.start()
        #expect(await other.next() == .exited(EmbeddedBrokerFailure.portTaken(world.port).description))
        #expect(other.processes.isEmpty)
        await world.stop()
    }

    @Test func oneThatWasLeftBehindIsEnded() async throws {
        let world = try BrokerWorld()
        await world.start()
        #expect(await world.next() == .ready)
        let left = try #require(world.processes.first)
        let successor = try BrokerWorld(port: world.port, sharing: world)
        await successor.start()
        #expect(await successor.next() == .ready)
        #expect(await world.next() == .exited("the embedded broker ended (status 0)"))
        #expect(!successor.processes.contains(left))
        await successor.stop()
        #expect(successor.processes.isEmpty)
    }

    @Test func itEndsWithTheProcessThatStartedIt() async throws {
        let world = try BrokerWorld()
        let command = try world.preparation.prepare()
        defer { for process in world.processes { kill(process, SIGKILL) } }
        // A shell in the place of a Doppel that is killed.
        let shell = try #require(
            await world.spawn("/bin/sh", ["-c", "\"$0\" \"$@\" & wait", command.executable] + command.arguments))
        let port = LoopbackPort(number: world.port)
        #expect(await world.until { port.isServed ? true : nil } == true)
        #expect(world.processes.count == 1)
        kill(shell, SIGKILL)
        #expect(await world.until { world.processes.isEmpty ? true : nil } == true)
    }

    @Test func aStopDuringTheStartIsHeeded() async throws {
        let world = try BrokerWorld()
        await world.startAndStopAtOnce()
        #expect(world.processes.isEmpty)
        #expect(world.isQuiet)
    }

    @Test func aSupervisorHearsOfItsLife() async throws {
        let world = try BrokerWorld()
        #expect(await world.health() == "mosquitto does not run")
        await world.startAsPart()
        #expect(await world.next() == .ready)
        let process = try #require(world.processes.first)
        #expect(await world.health() == "mosquitto runs as process \(process)")
        kill(process, SIGKILL)
        #expect(await world.next() == .exited("the embedded broker ended (signal 9)"))
    }

    @Test func withoutMosquittoItSaysWhatToInstall() async throws {
        let world = try BrokerWorld(searchPath: ["/nowhere"])
        await world.start()
        #expect(await world.next() == .exited(EmbeddedBrokerFailure.notInstalled.description))
    }

    @Test func aFolderThatCannotBeUsedIsNamed() async throws {
        let world = try BrokerWorld()
        try world.folder.write("data", "a file where the folder should be")
        await world.start()
        guard case .exited(let why) = await world.next() else {
            Issue.record("it started")
            return
        }
        #expect(why.contains("\(world.folder.path)/data/mosquitto"))
    }
}
