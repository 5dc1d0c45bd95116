/// What a device says about its own condition (`system/diagnostics`).
public struct Diagnostics: Sendable, Equatable, Codable {
    /// Seconds since the device booted; this message's `ts` counts them too, and is no civil time.
    public var uptimeSeconds: Int?
    /// Free heap, in bytes.
    public var heapFreeBytes: Int
    /// The least free heap since boot, in bytes.
    public var heapMinimumBytes: Int?
    /// How fragmented the heap is, in percent.
    public var heapFragmentationPercent: Int?
    /// WiFi signal strength, in dBm.
    public var rssiDBm: Int
    /// How many errors the device counted.
    public var errorCount: Int?
    /// How many sensors the device runs.
    public var sensorCount: Int?
    /// How many actuators the device runs.
    public var actuatorCount: Int?
    /// The canonical name of the device's state, such as `OPERATIONAL`; `UNKNOWN` with a flag for any other word.
    public var systemState: String?
    /// `{device}-b{boot count}-r{reset reason}`.
    public var bootSequence: String?
    /// Why the device last reset.
    public var resetReason: String?
    /// `CLOSED`, `OPEN` or `HALF_OPEN`.
    public var breakerState: String?
    /// How often the device's way to the broker failed.
    public var breakerFailures: Int?
    /// `DISABLED`, `PROVISIONING`, `PRODUCTION` or `SAFE_MODE`.
    public var watchdogMode: String?
    /// How often the watchdog fired within 24 h.
    public var watchdogTimeouts: Int?
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts diagnostics together.
    public init(
        uptimeSeconds: Int? = nil, heapFreeBytes: Int, heapMinimumBytes: Int? = nil,
        heapFragmentationPercent: Int? = nil, rssiDBm: Int, errorCount: Int? = nil, sensorCount: Int? = nil,
        actuatorCount: Int? = nil, systemState: String? = nil, bootSequence: String? = nil, resetReason: String? = nil,
        breakerState: String? = nil, breakerFailures: Int? = nil, watchdogMode: String? = nil,
        watchdogTimeouts: Int? = nil, flags: [String] = []
    ) {
        self.uptimeSeconds = uptimeSeconds
        self.heapFreeBytes = heapFreeBytes
        self.heapMinimumBytes = heapMinimumBytes
        self.heapFragmentationPercent = heapFragmentationPercent
        self.rssiDBm = rssiDBm
        self.errorCount = errorCount
        self.sensorCount = sensorCount
        self.actuatorCount = actuatorCount
        self.systemState = systemState
        self.bootSequence = bootSequence
        self.resetReason = resetReason
        self.breakerState = breakerState
        self.breakerFailures = breakerFailures
        self.watchdogMode = watchdogMode
        self.watchdogTimeouts = watchdogTimeouts
        self.flags = flags
    }
}

/// One error of a device (`system/error`).
public struct DeviceError: Sendable, Equatable, Codable {
    /// How bad it is.
    public enum Severity: Int, Sendable, Codable, CaseIterable {
        case info = 0
        case warning, error, critical
    }

    /// The number of the contract's list, 1000 to 4999 for devices.
    public var code: Int
    /// How bad it is; `error` with a flag where the device said nothing known.
    public var severity: Severity
    /// `HARDWARE`, `SERVICE`, `COMMUNICATION`, `APPLICATION`, `UNKNOWN`, `SYSTEM` or `SAFETY`.
    public var category: String
    /// The device's words.
    public var message: String
    /// The device's time; `nil` when it sent none.
    public var clock: DeviceClock?
    /// The device's uptime at the error, in milliseconds.
    public var uptimeMilliseconds: Int64?
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts an error together.
    public init(
        code: Int, severity: Severity, category: String, message: String, clock: DeviceClock? = nil,
        uptimeMilliseconds: Int64? = nil, flags: [String] = []
    ) {
        self.code = code
        self.severity = severity
        self.category = category
        self.message = message
        self.clock = clock
        self.uptimeMilliseconds = uptimeMilliseconds
        self.flags = flags
    }
}

/// A device's publish queue fills or has recovered (`system/queue_pressure`).
public struct QueuePressure: Sendable, Equatable, Codable {
    /// Whether the queue sheds what is not critical.
    public var isUnderPressure: Bool
    /// How many messages wait.
    public var fillLevel: Int?
    /// The most that ever waited.
    public var highWatermark: Int?
    /// How many messages were shed.
    public var shedCount: Int?
    /// How many messages were dropped.
    public var dropCount: Int?

    /// Puts a report together.
    public init(
        isUnderPressure: Bool, fillLevel: Int? = nil, highWatermark: Int? = nil, shedCount: Int? = nil,
        dropCount: Int? = nil
    ) {
        self.isUnderPressure = isUnderPressure
        self.fillLevel = fillLevel
        self.highWatermark = highWatermark
        self.shedCount = shedCount
        self.dropCount = dropCount
    }
}

/// What a device says about itself on its documented status topics (`status`, `health/status`).
public struct StatusReport: Sendable, Equatable, Codable {
    /// The canonical name of the device's state; `UNKNOWN` with a flag for any other word.
    public var systemState: String?
    /// The zone the device believes it is in; empty when none, `nil` when not said.
    public var zone: String?
    /// Free heap, in bytes.
    public var heapFreeBytes: Int?
    /// Seconds since the device booted.
    public var uptimeSeconds: Int?
    /// How many sensors are configured.
    public var sensorCount: Int?
    /// How many actuators are configured.
    public var actuatorCount: Int?
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts a report together.
    public init(
        systemState: String? = nil, zone: String? = nil, heapFreeBytes: Int? = nil, uptimeSeconds: Int? = nil,
        sensorCount: Int? = nil, actuatorCount: Int? = nil, flags: [String] = []
    ) {
        self.systemState = systemState
        self.zone = zone
        self.heapFreeBytes = heapFreeBytes
        self.uptimeSeconds = uptimeSeconds
        self.sensorCount = sensorCount
        self.actuatorCount = actuatorCount
        self.flags = flags
    }
}

/// A device entered or left its safe mode (`safe_mode`).
public struct SafeModeReport: Sendable, Equatable, Codable {
    /// Whether its outputs are off and stay off.
    public var isActive: Bool
    /// Why, in the device's words.
    public var reason: String

    /// Puts a report together.
    public init(isActive: Bool, reason: String) {
        self.isActive = isActive
        self.reason = reason
    }
}

/// What came of a change of credentials (`mqtt/auth_status`).
public struct CredentialsReport: Sendable, Equatable, Codable {
    /// Whether the device connects with them.
    public var isSuccess: Bool
    /// `anonymous` or `authenticated`.
    public var mode: String
    /// The user's name.
    public var username: String?
    /// What went wrong, in the device's words.
    public var error: String?
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts a report together.
    public init(isSuccess: Bool, mode: String, username: String? = nil, error: String? = nil, flags: [String] = []) {
        self.isSuccess = isSuccess
        self.mode = mode
        self.username = username
        self.error = error
        self.flags = flags
    }
}

/// What a device is made of (`discovery/esp32_nodes`, the deprecated way to announce itself).
public struct HardwareReport: Sendable, Equatable, Codable {
    /// The board's wire word, such as `ESP32_WROOM`.
    public var board: String
    /// The network interface's address.
    public var macAddress: String
    /// The network address.
    public var ipAddress: String
    /// The firmware's version.
    public var firmware: String
    /// The most sensors it can run.
    public var maximumSensors: Int?
    /// The most actuators it can run.
    public var maximumActuators: Int?

    /// Puts a report together.
    public init(
        board: String, macAddress: String, ipAddress: String, firmware: String, maximumSensors: Int? = nil,
        maximumActuators: Int? = nil
    ) {
        self.board = board
        self.macAddress = macAddress
        self.ipAddress = ipAddress
        self.firmware = firmware
        self.maximumSensors = maximumSensors
        self.maximumActuators = maximumActuators
    }
}

/// Which 1-Wire devices a scan found (`onewire/scan_result`).
public struct BusScan: Sendable, Equatable, Codable {
    /// One device on the bus.
    public struct Member: Sendable, Equatable, Codable {
        /// Its ROM code: 16 upper-case hexadecimal digits.
        public var rom: String
        /// Its kind, in the device's words.
        public var type: String
        /// The bus's pin.
        public var gpio: GPIO

        /// Puts a member together.
        public init(rom: String, type: String, gpio: GPIO) {
            self.rom = rom
            self.type = type
            self.gpio = gpio
        }
    }

    /// What was found.
    public var members: [Member]

    /// Wraps what was found.
    public init(members: [Member] = []) {
        self.members = members
    }
}
