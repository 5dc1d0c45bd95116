import TwinCore

extension MessageReader {
    /// The most devices a scan of one bus may list.
    private static let maximumBusMembers = 64

    /// Reads `onewire/scan_result`.
    func busScan(_ bytes: Span<UInt8>) throws(Refusal) -> BusScan {
        try checkDevice(isRequired: false, bytes)
        let found = try object.integer("found_count", Self.countRange, in: bytes)
        let list = try object.array("devices", maximum: Self.maximumBusMembers, in: bytes)
        // A bus on which nothing was found needs no list.
        guard list != nil || found == 0 else { throw Refusal(.missingField, "devices is missing") }
        let count = list?.count ?? 0
        if let found, found != count {
            throw Refusal(.outOfRange, "found_count is \(found), but devices lists \(count)")
        }
        var scan = BusScan()
        for index in 0..<count {
            guard let element = try list?.object(index, in: bytes) else { continue }
            do throws(Refusal) {
                let rom = try Self.required(try element.text("rom_code", in: bytes), "rom_code")
                scan.members.append(
                    BusScan.Member(
                        rom: try Self.romCode("rom_code", rom),
                        type: try nested(element).word("device_type", bytes) ?? "",
                        gpio: try Self.pin("pin", of: element, bytes)))
            } catch {
                throw Refusal(error.reason, "devices[\(index)]: \(error.detail)")
            }
        }
        return scan
    }
}
