import TwinCore

extension DeviceConfiguration {
    /// Takes in a sensor, or every value of a chip, in the place of what had the same pin and address.
    mutating func place(
        _ item: borrowing ConfigurationItem, sensorsOf board: Board
    ) throws(ItemFailure) {
        let wanted = try item.sensors()
        guard let first = wanted.first else { return }
        guard item.isActive else {
            sensors.removeAll { sensor in wanted.contains { $0.key == sensor.key } }
            return
        }
        try checkPin(of: first, item, on: board)
        var changed = sensors
        // A pin of its own holds one sensor: another kind replaces it.
        if first.measurand.bus == .analog {
            changed.removeAll { $0.key.gpio == first.key.gpio && $0.key != first.key }
        }
        for sensor in wanted {
            if let index = changed.firstIndex(where: { $0.key == sensor.key }) {
                changed[index] = sensor
            } else {
                changed.append(sensor)
            }
        }
        guard changed.count <= board.maximumSensors else {
            throw item.failure(.invalid("No room for another sensor, \(board.maximumSensors) are configured"))
        }
        sensors = changed
    }

    /// Takes in an output in the place of what had the same pin.
    mutating func place(_ item: borrowing ConfigurationItem, actuatorsOf board: Board) throws(ItemFailure) {
        let wanted = try item.actuator()
        guard item.isActive else {
            actuators.removeAll { $0.gpio == wanted.gpio }
            return
        }
        for pin in [wanted.gpio, wanted.auxiliary].compactMap({ $0 }) {
            try checkOutput(pin, of: wanted, item, on: board)
        }
        if let index = actuators.firstIndex(where: { $0.gpio == wanted.gpio }) {
            actuators[index] = wanted
            return
        }
        guard actuators.count < board.maximumActuators else {
            throw item.failure(.invalid("No room for another actuator, \(board.maximumActuators) are configured"))
        }
        actuators.append(wanted)
        actuators.sort { $0.gpio < $1.gpio }
    }

    private func checkPin(
        of sensor: ConfiguredSensor, _ item: borrowing ConfigurationItem, on board: Board
    ) throws(ItemFailure) {
        // On the I²C bus the number is a convention: 0, or one of the bus's own lines.
        if sensor.measurand.bus == .i2c, item.pin == 0 || board.busPins.contains(item.pin) { return }
        if let cause = board.refusal(of: item.pin) { throw item.failure(cause) }
        if sensor.measurand.bus == .analog, !board.analogPins.contains(item.pin) {
            throw item.failure(.invalid("GPIO \(item.pin) cannot measure a voltage while WiFi is on"))
        }
        guard !isOutput(sensor.key.gpio) else {
            throw item.failure(.pinConflict("GPIO \(item.pin) is used by an actuator"))
        }
        let isShared = sensors.contains {
            $0.key.gpio == sensor.key.gpio && $0.measurand.bus != sensor.measurand.bus
        }
        guard !isShared else { throw item.failure(.pinConflict("GPIO \(item.pin) is used by another sensor")) }
    }

    private func checkOutput(
        _ pin: GPIO, of wanted: ConfiguredActuator, _ item: borrowing ConfigurationItem, on board: Board
    ) throws(ItemFailure) {
        let number = Int(pin.number)
        if let cause = board.refusal(of: number) { throw item.failure(cause) }
        guard !board.inputOnlyPins.contains(number) else {
            throw item.failure(.pinReserved("GPIO \(pin) is input only"))
        }
        guard !sensors.contains(where: { $0.key.gpio == pin }) else {
            throw item.failure(.pinConflict("GPIO \(pin) is used by a sensor"))
        }
        let isTaken = actuators.contains {
            $0.gpio != wanted.gpio && ($0.gpio == pin || $0.auxiliary == pin)
        }
        guard !isTaken else { throw item.failure(.pinConflict("GPIO \(pin) is used by another actuator")) }
    }

    private func isOutput(_ pin: GPIO) -> Bool { actuators.contains { $0.gpio == pin || $0.auxiliary == pin } }
}
