/// What Doppel knows about a kind of board: which pins it has and what they can do.
public struct Board: Sendable, Equatable {
    /// The canonical name, such as `esp32_wroom`.
    public let name: String
    /// Other wire words that devices use for it, in lower case; devices may write them in any case.
    public let aliases: [String]
    /// The pins it has.
    public let pins: ClosedRange<Int>
    /// Pins that nothing may use, such as those of its flash; ascending, as all lists of pins.
    public let reservedPins: [Int]
    /// Pins that can only read.
    public let inputOnlyPins: [Int]
    /// Pins whose converter works while WiFi is on.
    public let analoguePins: [Int]
    /// The pins of the I²C bus, data and clock.
    public let i2cPins: [Int]
    /// The pin a 1-Wire bus is on unless told otherwise.
    public let oneWirePin: Int?
    /// How many outputs can be dimmed.
    public let pwmChannels: Int
    /// The most sensors its firmware runs.
    public let maximumSensors: Int
    /// The most actuators its firmware runs.
    public let maximumActuators: Int

    /// Puts a board together.
    public init(
        name: String, aliases: [String] = [], pins: ClosedRange<Int>, reservedPins: [Int] = [],
        inputOnlyPins: [Int] = [], analoguePins: [Int] = [], i2cPins: [Int] = [], oneWirePin: Int? = nil,
        pwmChannels: Int, maximumSensors: Int, maximumActuators: Int
    ) {
        self.name = name
        self.aliases = aliases
        self.pins = pins
        self.reservedPins = reservedPins
        self.inputOnlyPins = inputOnlyPins
        self.analoguePins = analoguePins
        self.i2cPins = i2cPins
        self.oneWirePin = oneWirePin
        self.pwmChannels = pwmChannels
        self.maximumSensors = maximumSensors
        self.maximumActuators = maximumActuators
    }
}
