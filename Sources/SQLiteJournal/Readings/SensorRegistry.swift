import GRDB
import TwinCore
import TwinRuntime

/// The table `sensors`, in memory: what a reading's short sensor number stands for.
///
/// As large as the fleet, which the runtime bounds. Sensors are never renumbered or removed.
struct SensorRegistry {
    /// A sensor of a device.
    struct Name: Hashable {
        let device: DeviceID
        let key: SensorKey
    }

    /// What a reading stores in place of the name.
    struct Entry {
        let id: Int64
        /// The unit of the sensor's first reading; readings with another one say so themselves.
        let unit: String
    }

    private var entries: [Name: Entry] = [:]
    private var names: [Int64: Name] = [:]
    private var uncommitted: [Name] = []
    private var lastID: Int64 = 0

    /// Makes an empty registry.
    init() {}

    /// Reads the table.
    init(_ db: Database) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT id, device, gpio, type, address, unit FROM sensors")
        while let row = try rows.next() {
            let id: Int64 = row[0]
            let name = try Name(id: id, device: row[1], gpio: row[2], type: StoredText.text(row[3]), address: row[4])
            names[id] = name
            lastID = max(lastID, id)
            entries[name] = Entry(id: id, unit: StoredText.text(row[5]))
        }
    }

    /// Whose readings bear this number; `nil` when nobody's.
    func name(_ id: Int64) -> (name: Name, unit: String)? {
        guard let name = names[id], let entry = entries[name] else { return nil }
        return (name, entry.unit)
    }

    /// A sensor's entry, made within the current transaction if there is none.
    mutating func entry(_ name: Name, unit: String, _ db: Database) throws -> Entry {
        if let entry = entries[name] { return entry }
        // Sensors are never removed, so the next number is free.
        lastID += 1
        let id = lastID
        try db.cachedStatement(
            sql: "INSERT INTO sensors (id, device, gpio, type, address, unit, seal) VALUES (?, ?, ?, ?, ?, ?, ?)"
        ).execute(
            sealed: .sensors,
            [
                id, name.device.description, Int64(name.key.gpio.number), StoredText.column(name.key.type),
                name.key.address.column, StoredText.column(unit),
            ])
        let entry = Entry(id: id, unit: unit)
        entries[name] = entry
        names[entry.id] = name
        uncommitted.append(name)
        return entry
    }

    /// The transaction was committed.
    mutating func committed() { uncommitted.removeAll() }

    /// The transaction was rolled back: its new entries do not exist.
    mutating func rolledBack() {
        for name in uncommitted {
            if let entry = entries.removeValue(forKey: name) { names[entry.id] = nil }
        }
        uncommitted.removeAll()
    }
}

extension SensorRegistry.Name {
    /// Reads a row of `sensors`.
    init(id: Int64, device: String, gpio: Int64, type: String, address: String) throws(JournalFailure) {
        let row = "row id=\(id) of sensors"
        guard let deviceID = DeviceID(device) else { throw .unreadable(row, ColumnFault("device", device)) }
        guard let pin = Int(exactly: gpio).flatMap({ GPIO($0) }) else {
            throw .unreadable(row, ColumnFault("gpio", gpio))
        }
        guard let place = BusAddress(column: address) else { throw .unreadable(row, ColumnFault("address", address)) }
        self.init(device: deviceID, key: SensorKey(gpio: pin, type: type, address: place))
    }
}
