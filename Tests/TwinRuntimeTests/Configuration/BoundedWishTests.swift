import Testing
import TwinCore

@testable import TwinRuntime

/// Limits of the models in use, compiled into what devices are configured with.
@Suite struct BoundedWishTests {
    /// The usual models with another longest on-time of pumps.
    private func models(longest seconds: Int, digest: String) -> Catalogue {
        let pump = ActuatorKind(
            name: "pump", semantics: .digital,
            limits: ActuatorLimits(defaultLeaseSeconds: 30, maxOnSeconds: seconds, minOffSeconds: 0))
        let others = Catalogue.usual.actuatorKinds.filter { $0.name != "pump" }
        return Catalogue(
            sensorKinds: Catalogue.usual.sensorKinds, actuatorKinds: [pump] + others, digest: digest)
    }

    private func runtime(_ stage: Stage) -> Int? {
        stage.twin()?.device.configuration.reported.actuators[.pin(26)]?.maximumRuntimeMilliseconds
    }

    private func isPushed(_ seconds: Int, _ stage: Stage) throws -> Bool {
        let push = try #require(stage.last("/config"))
        return String(decoding: push.payload, as: UTF8.self).contains("\"max_runtime_ms\":\(seconds)000}")
    }

    @Test func `models that allow less are told to the device, and those that allow more give back the wish`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: DeviceState.settleMilliseconds)
        _ = stage.configure { $0.actuators[.pin(26)] = ActuatorWish(type: "pump", name: "drip") }
        #expect(try isPushed(3600, stage))
        stage.answerConfig("actuator", try #require(stage.last("/config")?.member("correlation_id")))
        #expect(runtime(stage) == 3_600_000)

        for (longest, held, digest) in [(60, 60, "a"), (7200, 3600, "b")] {
            stage.adopt(models(longest: longest, digest: digest))
            stage.pass(milliseconds: 1_000)
            #expect(try isPushed(held, stage), "models of at most \(longest) s")
            stage.answerConfig("actuator", try #require(stage.last("/config")?.member("correlation_id")))
            #expect(runtime(stage) == held * 1000)
            #expect(stage.standing(.actuator(.pin(26))) == .applied)
            let wish = stage.twin()?.device.configuration.desired.actuators[.pin(26)]
            #expect(wish?.maximumRuntimeMilliseconds == 3_600_000, "as the operator wrote it")
        }
    }
}
