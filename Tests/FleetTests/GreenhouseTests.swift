import Testing
import TwinCore

@testable import Fleet

@Suite struct GreenhouseTests {
    private func after(
        _ seconds: Int, step: Double = 10, secondOfDay: Double = 43_200, seed: UInt64 = 3,
        _ change: (inout Greenhouse.Loads) -> Void = { _ in }
    ) -> Greenhouse {
        var plant = Greenhouse(seed: seed)
        var loads = Greenhouse.Loads()
        change(&loads)
        for _ in 0..<Int(Double(seconds) / step) {
            plant.advance(seconds: step, secondOfDay: secondOfDay, loads: loads)
        }
        return plant
    }

    @Test func heatersWarmAndFansCoolAndDry() {
        let idle = after(3600)
        #expect(after(3600) { $0.heating = 1 }.airTemperature > idle.airTemperature + 5)
        let ventilated = after(3600) { $0.ventilation = 1 }
        #expect(ventilated.airTemperature < idle.airTemperature - 5)
        #expect(ventilated.humidity < idle.humidity - 5)
    }

    @Test func wateringWetsTheSoilAndDosingChangesTheTank() {
        let idle = after(900)
        #expect(after(900) { $0.irrigation = 1 }.soilMoisture > idle.soilMoisture + 10)
        #expect(after(900) { $0.acidDosing = 1 }.tankPH < idle.tankPH - 0.5)
        #expect(after(900) { $0.nutrientDosing = 1 }.tankConductivity > idle.tankConductivity + 300)
    }

    @Test func nightsAreColderAndDaysDrierForTheSoil() {
        #expect(after(7200, secondOfDay: 0).airTemperature < after(7200, secondOfDay: 43_200).airTemperature - 5)
        #expect(after(80_000).soilMoisture < Greenhouse(seed: 3).soilMoisture - 5)
        #expect(Greenhouse.daylight(at: 43_200) == 1)
        #expect(Greenhouse.daylight(at: 3600) == 0)
        #expect(Greenhouse.daylight(at: 80_000) == 0)
    }

    @Test func staysWithinReasonHoweverLongTheStep() {
        for step in [1.0, 600, 86_400, 1e9] {
            let plant = after(Int(step) * 20, step: step) { loads in
                loads.heating = 1
                loads.irrigation = 1
                loads.acidDosing = 1
                loads.nutrientDosing = 1
            }
            #expect((0...60).contains(plant.airTemperature))
            #expect((5...99).contains(plant.humidity))
            #expect((0...100).contains(plant.soilMoisture))
            #expect((3.5...8).contains(plant.tankPH))
            #expect((500...3300).contains(plant.tankConductivity))
        }
    }

    @Test func repeatsItselfForASeedAndDiffersBetweenSeeds() {
        #expect(after(3600) == after(3600))
        #expect(after(3600, seed: 3).airTemperature != after(3600, seed: 4).airTemperature)
    }

    @Test func aDevicesOutputsChangeWhatItMeasures() {
        let idle = Dialogue(.bench, hiding: [""])
        let watered = Dialogue(.bench, hiding: [""])
        for run in [idle, watered] {
            run.absorb(run.device.connected(at: run.now))
            let server = ServerSide(dialogue: run)
            server.acknowledges()
            if run === watered { server.commands(26, "ON") }
            server.attends(seconds: 1200)
        }
        #expect(watered.device.greenhouse.soilMoisture > idle.device.greenhouse.soilMoisture + 10)
    }
}
