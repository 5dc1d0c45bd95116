// swift-tools-version:6.3
import PackageDescription

/// Every Swift target is compiled under the same strict rules; docs/ARCHITECTURE.md says why.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409: a C type in a public signature does not compile
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461: no hop that nobody asked for
    .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
    .enableUpcomingFeature("ImmutableWeakCaptures"),  // SE-0481
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "doppel",
    products: [
        .executable(name: "doppel", targets: ["doppel"]),
        // For tests, which preload it into other programs.
        .library(name: "FaultyDisk", type: .dynamic, targets: ["FaultyDisk"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C headers and nothing more.
        .systemLibrary(
            name: "CLibUV", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"]), .brew(["libuv"])]),
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"]), .brew(["mosquitto"])]),
        .systemLibrary(
            name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CMalloc"),

        // The street, from the inside out.
        .target(name: "TwinCore", dependencies: [collections], swiftSettings: settings),
        .target(name: "KaiserProtocol", dependencies: ["TwinCore"], swiftSettings: settings),
        .target(
            name: "TwinRuntime", dependencies: ["TwinCore", "KaiserProtocol", collections, logging],
            swiftSettings: settings),

        // The adapters: each owns one library.
        .target(name: "EventLoop", dependencies: ["CLibUV", "TwinCore", "TwinRuntime"], swiftSettings: settings),
        .target(
            name: "MQTTBroker",
            dependencies: ["CMosquitto", "EventLoop", "TwinCore", "TwinRuntime", logging],
            swiftSettings: settings),
        .target(
            name: "SQLiteJournal",
            dependencies: [
                "TwinCore", "TwinRuntime", "CZlib", logging, .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .target(
            name: "PostgresHistory",
            dependencies: ["CPostgreSQL", "EventLoop", "TwinCore", "TwinRuntime", collections, logging],
            swiftSettings: settings),
        .target(
            name: "Gateway",
            dependencies: [
                "TwinCore", "TwinRuntime", collections, logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),

        // The simulator: devices as values, and a world to put the runtime into.
        .target(
            name: "Fleet", dependencies: ["TwinCore", "KaiserProtocol"], path: "simulator/Fleet",
            swiftSettings: settings),
        .target(
            name: "World", dependencies: ["TwinCore", "KaiserProtocol", "TwinRuntime", "Fleet", collections, logging],
            path: "simulator/World", swiftSettings: settings),

        .target(name: "FaultyDisk", path: "simulator/FaultyDisk"),

        // The program: the only place that knows all names.
        .executableTarget(
            name: "doppel",
            dependencies: [
                "TwinCore", "KaiserProtocol", "TwinRuntime", "EventLoop", "MQTTBroker", "SQLiteJournal", "Gateway",
                "PostgresHistory", "PostgresCluster", "Fleet", "World", "CZlib", "CMalloc", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),

        // What several tests share.
        .target(
            name: "HistoryExamples", dependencies: ["TwinCore"], path: "Tests/Support/HistoryExamples",
            swiftSettings: settings),

        .target(
            name: "TestSupport", dependencies: ["TwinCore", "TwinRuntime"], path: "Tests/Support/TestSupport",
            swiftSettings: settings),

        .testTarget(name: "TwinCoreTests", dependencies: ["TwinCore", "HistoryExamples"], swiftSettings: settings),
        .testTarget(
            name: "KaiserProtocolTests", dependencies: ["TwinCore", "KaiserProtocol"], swiftSettings: settings),
        .testTarget(
            name: "TwinRuntimeTests", dependencies: ["TwinCore", "KaiserProtocol", "TwinRuntime", "World"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "EventLoopTests", dependencies: ["TwinCore", "TwinRuntime", "EventLoop"], swiftSettings: settings),
        .testTarget(
            name: "MQTTBrokerTests",
            dependencies: ["TwinCore", "KaiserProtocol", "TwinRuntime", "EventLoop", "MQTTBroker", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "SQLiteJournalTests",
            dependencies: [
                "TwinCore", "TwinRuntime", "SQLiteJournal", "World", "HistoryExamples", "TestSupport", logging,
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .target(
            name: "PostgresCluster", dependencies: ["EventLoop"], path: "simulator/PostgresCluster",
            swiftSettings: settings),
        .testTarget(
            name: "PostgresHistoryTests",
            dependencies: [
                "CPostgreSQL", "TwinCore", "TwinRuntime", "EventLoop", "PostgresHistory", "PostgresCluster",
                "HistoryExamples", "SQLiteJournal", "World", "TestSupport", logging,
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "TwinCore", "TwinRuntime", "Gateway", logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "FleetTests", dependencies: ["TwinCore", "KaiserProtocol", "Fleet"], swiftSettings: settings),
        .testTarget(
            name: "WorldTests", dependencies: ["TwinCore", "TwinRuntime", "Fleet", "World"],
            swiftSettings: settings),
        .testTarget(
            name: "doppelTests",
            dependencies: [
                "TwinCore", "TwinRuntime", "EventLoop", "SQLiteJournal", "doppel", "CZlib", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "TwinCore", "TwinRuntime", "EventLoop", "MQTTBroker", "PostgresCluster", "doppel", "CZlib",
                "TestSupport",
                logging,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings),
    ]
)
