/// Who takes which pin of a board, and who wants one that is taken.
///
/// The order of the judgement is the contract's: range, reserved, rules of the pin, other sensor, other actuator; the
/// first objection to a pin counts.
struct PinPlan {
    /// What is wrong, in no order that means anything.
    private(set) var problems: [ConfigurationProblem] = []
    private let board: Board?
    private let desired: Desired
    private var sensorsOnPin: [GPIO: [SensorKey]] = [:]
    private var actuatorsOnPin: [GPIO: [GPIO]] = [:]

    /// The pins that any board may have, while it is not known which one it is.
    private static let anyPins = 0...39
    /// The pin that stands for the I²C bus.
    private static let bus = 0

    /// Judges all pins of a wish.
    init(_ desired: Desired, board: Board?) {
        self.desired = desired
        self.board = board
        for key in desired.sensors.keys { sensorsOnPin[key.gpio, default: []].append(key) }
        for (gpio, wish) in desired.actuators {
            actuatorsOnPin[gpio, default: []].append(gpio)
            if let auxiliary = wish.auxiliary { actuatorsOnPin[auxiliary, default: []].append(gpio) }
        }
        for key in desired.sensors.keys.sorted() { judge(key) }
        for (gpio, wish) in desired.actuators.sorted(by: { $0.key < $1.key }) { judge(gpio, wish) }
        judgeChips()
        judgeChannels()
    }

    private mutating func judge(_ key: SensorKey) {
        let path = PropertyPath.sensor(key).description
        if case .i2c(let address) = key.address, !(0x08...0x77).contains(address) {
            add(path, "I²C address \(address) is reserved: 8 to 119 are possible", nil)
        }
        if let objection = objection(to: key) { return add(path, objection, .system) }
        if key.interface == .i2c { return }
        let others = (sensorsOnPin[key.gpio] ?? []).filter { $0 != key && !Self.mayShare(key, $0) }.sorted()
        if let other = others.first {
            add(path, "pin \(key.gpio) is taken by sensor \(other.id)", .sensor)
        } else if let owner = actuatorsOnPin[key.gpio]?.min() {
            add(path, "pin \(key.gpio) is taken by actuator \(owner)", .actuator)
        }
    }

    private mutating func judge(_ gpio: GPIO, _ wish: ActuatorWish) {
        let path = PropertyPath.actuator(gpio).description
        judgeOutput(gpio, of: gpio, path)
        guard let auxiliary = wish.auxiliary else { return }
        if auxiliary == gpio {
            add("\(path)/auxiliary", "pin \(gpio) cannot be the second pin of its own actuator", .actuator)
        } else {
            judgeOutput(auxiliary, of: gpio, "\(path)/auxiliary")
        }
    }

    private mutating func judgeOutput(_ pin: GPIO, of owner: GPIO, _ path: String) {
        if let objection = objection(to: pin) ?? outputObjection(to: pin) { return add(path, objection, .system) }
        if let other = sensorsOnPin[pin]?.filter({ $0.interface != .i2c }).min() {
            add(path, "pin \(pin) is taken by sensor \(other.id)", .sensor)
        } else if let other = actuatorsOnPin[pin]?.filter({ $0 != owner }).min() {
            add(path, "pin \(pin) is taken by actuator \(other)", .actuator)
        }
    }

    // MARK: What a board says

    private func objection(to key: SensorKey) -> String? {
        let pin = Int(key.gpio.number)
        if key.interface == .i2c {
            // The bus has its own pins; devices name it by pin 0 or by one of them.
            if pin == Self.bus || (board?.i2cPins ?? []).contains(pin) { return nil }
            return "\(key.type) sits on the I²C bus: name pin \(Self.bus)"
        }
        if let objection = objection(to: key.gpio) { return objection }
        if key.interface == .analogue, let board, !board.analoguePins.contains(pin) {
            let pins = board.analoguePins.map(String.init).joined(separator: ", ")
            return "\(key.type) needs a pin whose converter works beside WiFi: \(pins)"
        }
        return nil
    }

    /// What speaks against a pin for anything but the I²C bus.
    private func objection(to gpio: GPIO) -> String? {
        let pin = Int(gpio.number)
        let pins = board?.pins ?? Self.anyPins
        if !pins.contains(pin) { return "pin \(pin) does not exist: \(pins.lowerBound) to \(pins.upperBound) do" }
        if (board?.reservedPins ?? [Self.bus]).contains(pin) {
            return pin == Self.bus ? "pin 0 stands for the I²C bus" : "pin \(pin) is reserved by the board"
        }
        if (board?.i2cPins ?? []).contains(pin) { return "pin \(pin) belongs to the I²C bus" }
        return nil
    }

    private func outputObjection(to gpio: GPIO) -> String? {
        (board?.inputOnlyPins ?? []).contains(Int(gpio.number)) ? "pin \(gpio) can only read" : nil
    }

    // MARK: What fits together

    /// Several 1-Wire chips share a pin if each names its ROM, and the values of one chip share it always.
    private static func mayShare(_ left: SensorKey, _ right: SensorKey) -> Bool {
        if case .oneWire(let first) = left.address, case .oneWire(let second) = right.address { return first != second }
        return left.family == right.family && left.address == .none && right.address == .none
            && left.interface == .digital
    }

    /// One I²C address, one chip.
    private mutating func judgeChips() {
        var chips: [UInt8: SensorKey] = [:]
        for key in desired.sensors.keys.sorted() {
            guard case .i2c(let address) = key.address else { continue }
            let chip = chips[address, default: key]
            chips[address] = chip
            if chip.family != key.family {
                let path = PropertyPath.sensor(key).description
                add(path, "I²C address \(address) is taken by sensor \(chip.id)", .sensor)
            }
        }
    }

    private mutating func judgeChannels() {
        guard let board else { return }
        let dimmed = desired.actuators.count { $0.value.type == "pwm" }
        if dimmed > board.pwmChannels {
            add("actuators", "\(dimmed) are dimmed, and \(board.name) has \(board.pwmChannels) channels", nil)
        }
    }

    private mutating func add(_ path: String, _ detail: String, _ conflict: ConfigurationProblem.Conflict?) {
        problems.append(ConfigurationProblem(path: path, detail: detail, conflict: conflict))
    }
}
