import TwinCore

/// The members of a board's file: the parser and the schema both read this table.
enum BoardForm {
    /// How many outputs a board can dim, and how many parts its firmware can run.
    private static let count = Form.integer(0...100)
    private static let pin = Form.integer(0...GPIO.maximum)

    /// A board's.
    static let board: [MemberForm] = [
        MemberForm("kind", .word(["board"]), "What the file describes"),
        MemberForm("name", .wireWord, "The board's name, and the file's"),
        MemberForm("aliases", .wireWords, isRequired: false, "Other words that devices use for it, in any case"),
        MemberForm("pins", .integerRange(0...GPIO.maximum), "The first and the last pin it has"),
        MemberForm("reserved", .pins, isRequired: false, "Pins that nothing may use"),
        MemberForm("input_only", .pins, isRequired: false, "Pins that can only read: never an actuator"),
        MemberForm("analogue", .pins, isRequired: false, "Pins whose converter works while WiFi is on"),
        MemberForm("i2c", .group(bus), isRequired: false, "The pins of the I²C bus; nothing else may use them"),
        MemberForm("one_wire", pin, isRequired: false, "The pin a 1-Wire bus is on unless told otherwise"),
        MemberForm("pwm_channels", count, "How many outputs can be dimmed"),
        MemberForm("maximum_sensors", count, "The most sensors its firmware runs"),
        MemberForm("maximum_actuators", count, "The most actuators its firmware runs"),
    ]

    private static let bus: [MemberForm] = [
        MemberForm("data", pin, "SDA"),
        MemberForm("clock", pin, "SCL"),
    ]
}
