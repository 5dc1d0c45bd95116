/// Which outputs are bound to which others and to which sensors, looked up by name.
struct SiteBonds: Sendable, Equatable {
    /// The rules that bind each output.
    private(set) var interlocks: [OutputAddress: [Interlock]] = [:]
    /// The budgets that each output shares.
    private(set) var budgets: [OutputAddress: [Budget]] = [:]
    /// The outputs that have to be judged anew when a device's sensors or outputs show something else, in order.
    private(set) var dependents: [DeviceID: [OutputAddress]] = [:]
    /// Whether any kind or site asks for what sensors show.
    let readsSensors: Bool

    init(_ sites: [Site], kinds: [ActuatorKind]) {
        var readsSensors = kinds.contains { !$0.limits.guards.isEmpty || $0.limits.effect != nil }
        var dependents: [DeviceID: Set<OutputAddress>] = [:]
        for site in sites {
            for rule in site.interlocks {
                for member in rule.members {
                    interlocks[member, default: []].append(rule)
                    for other in rule.members { dependents[other.device, default: []].insert(member) }
                }
            }
            for budget in site.budgets {
                for member in budget.members { budgets[member, default: []].append(budget) }
            }
            for (device, override) in site.devices {
                for (gpio, actuator) in override.actuators {
                    let output = OutputAddress(device: device, gpio: gpio)
                    let sensors = actuator.guards.map(\.sensor) + [actuator.effect?.sensor].compactMap(\.self)
                    if !sensors.isEmpty { readsSensors = true }
                    for sensor in sensors { dependents[sensor.device ?? device, default: []].insert(output) }
                }
            }
        }
        self.readsSensors = readsSensors
        self.dependents = dependents.mapValues { $0.sorted() }
    }
}

extension Catalogue {
    /// The rules that bind an output.
    public func interlocks(of output: OutputAddress) -> [Interlock] { bonds.interlocks[output] ?? [] }

    /// The budgets that an output shares.
    public func budgets(of output: OutputAddress) -> [Budget] { bonds.budgets[output] ?? [] }

    /// The outputs that have to be judged anew when something else is known of a device, in order.
    public func dependents(of device: DeviceID) -> [OutputAddress] {
        bonds.dependents.isEmpty ? [] : bonds.dependents[device] ?? []
    }

    /// Whether any limit asks for what another device shows.
    public var bindsOutputs: Bool { !bonds.dependents.isEmpty || !bonds.budgets.isEmpty }

    /// Whether any limit asks for what sensors show.
    public var readsSensors: Bool { bonds.readsSensors }

    /// The inrush budget after an emergency stop, of the first site that declares one.
    public var resetPlan: ResetPlan? { sites.lazy.compactMap(\.reset).first }
}
