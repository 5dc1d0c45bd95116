import PostgresHistory
import Testing

@Suite struct `A PostgreSQL URL` {
    private func problem(_ url: String) -> String? {
        do {
            _ = try PostgresAddress(url: url)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("postgres://doppel:hunter2@db:5433/house", "postgres://doppel:***@db:5433/house"),
        ("postgresql://doppel@db/house", "postgres://doppel@db/house"),
        ("postgres://db/house?user=doppel&password=hunter2", "postgres://doppel:***@db/house"),
        ("postgres://doppel:a%2Fb%40hunter2@[::1]:5433/house", "postgres://doppel:***@[::1]:5433/house"),
        ("postgres:///house?host=/run/postgresql", "postgres:///house?host=/run/postgresql"),
        ("postgres://%2Frun%2Fpostgresql/house", "postgres:///house?host=/run/postgresql"),
        (
            "postgres://one:1,two:2/house?target_session_attrs=read-write",
            "postgres://one:1,two:2/house?target_session_attrs=read-write"
        ),
        (
            "postgres://db/house?sslmode=require&sslkey=/k&sslpassword=hunter2&connect_timeout=3",
            "postgres://db/house?connect_timeout=3&sslmode=require&sslkey=/k&sslpassword=***"
        ),
        ("postgres://db/hunter2?password=hunter2", "postgres://db/***?password=***"),
    ]) func `is shown without its password`(url: String, shown: String) throws {
        let address = try PostgresAddress(url: url)
        #expect(address.description == shown)
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", dumped, String(reflecting: address), "\([address])", "\(Optional(address) as Any)"] {
            #expect(!text.contains("hunter2"), "\(text)")
        }
    }

    @Test(arguments: [
        ("mysql://db/house", "begins with postgres://"),
        ("house", "begins with postgres://"),
        ("host=db password=hunter2", "begins with postgres://"),
        ("postgres://doppel:hun/ter2@db/house", "\"@\""),
        ("postgres://doppel:hun?ter2@db/house", "\"@\""),
        ("postgres://doppel:hun@ter2@db/house", "\"@\""),
        ("postgres://doppel:hunter2%@db/house", "%25"),
        ("postgres://doppel:hunter2%zz@db/house", "%25"),
        ("postgres://doppel:hunter2%00@db/house", "%25"),
        ("postgres://db/house?password=hunter2%", "%25"),
        ("postgres://db/house?passwordhunter2", "name=value"),
        ("postgres://db/house?password=hunter2=", "name=value"),
        ("postgres://db:port/house", "1 to 65535"),
        ("postgres://db:0/house", "1 to 65535"),
        ("postgres://db/house?pasword=hunter2", "pasword"),
        ("postgres://doppel:hunter2@db/house?colour=red", "colour"),
        ("postgres://db/house?sslmode=maybe", "verify-full"),
        ("postgres://db/house?connect_timeout=soon", "seconds"),
        ("postgres://db/house?target_session_attrs=first", "read-write"),
        ("postgres://db/house?client_encoding=latin1", "UTF8"),
        ("postgres://db/house?service=x", "service"),
        ("postgres://[::1/house", "]"),
    ]) func `says what is wrong and never the password`(url: String, hint: String) throws {
        let complaint = try #require(problem(url))
        #expect(complaint.contains(hint), "\(complaint)")
        #expect(!complaint.contains("hun") && !complaint.contains("ter2"), "\(complaint)")
    }
}
