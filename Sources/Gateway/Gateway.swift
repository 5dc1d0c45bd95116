import Glibc
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
public import TwinRuntime

/// The interface of a running Doppel for people and programs: HTTP, server-sent events, one page.
///
/// It knows the runtime only as a ``TwinService``, keeps no state of its own between requests, and never blocks the
/// loop: a request meets it once and works on immutable values from then on.
public struct Gateway: Sendable {
    private let service: any TwinService
    private let options: GatewayOptions
    private let logger: Logger

    /// Makes a gateway that does not listen yet.
    public init(service: any TwinService, options: GatewayOptions, logger: Logger) {
        self.service = service
        self.options = options
        self.logger = logger
    }

    /// Listens and answers until the surrounding task is cancelled.
    ///
    /// Then it stops accepting, ends the event streams, and lets requests that are under way finish for at most
    /// five seconds.
    ///
    /// - Parameter onListening: Called once with the port, when requests are answered.
    /// - Throws: ``GatewayError`` when it cannot listen.
    public func run(onListening: @escaping @Sendable (Int) -> Void) async throws {
        if !options.isLoopback {
            logger.warning(
                "the interface is open to the network and asks nobody who they are",
                metadata: ["host": "\(options.host)", "port": "\(options.port)"])
        }
        let crowd = Crowd()
        defer { crowd.disperse() }
        var configuration = ServiceGroupConfiguration(services: [application(crowd, onListening)], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(GatewayLimits.shutdownSeconds)
        let group = ServiceGroup(configuration: configuration)
        // A task of its own: cancelling the surrounding one is to begin an orderly end, not to cut requests off.
        let serving = Task { try await group.run() }
        do {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
        } catch  where !Task.isCancelled {
            throw listenError(error)
        } catch {
            // What was still under way after the time given to it was cut off; that is an end, not a failure.
            logger.notice("requests were cut off", metadata: ["error": "\(error)"])
        }
    }

    /// The application with all routes, as it is run and as tests drive it.
    func application(
        _ crowd: Crowd = Crowd(), _ onListening: @escaping @Sendable (Int) -> Void
    ) -> some ApplicationProtocol {
        let endpoints = Endpoints(service: service, heartbeat: options.heartbeat)
        let pages = ForeignPageGuard(names: options.allowedHosts + [options.host])
        return Application(
            router: router(endpoints, pages),
            server: HTTPServerBuilder {
                GatewayChannel(responder: $0, pages: pages, endpoints: endpoints, crowd: crowd)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                availableConnectionsDelegate: MaximumAvailableConnections(GatewayLimits.connections)),
            onServerRunning: { onListening($0.localAddress?.port ?? 0) },
            logger: quiet)
    }

    private func router(_ endpoints: Endpoints, _ pages: ForeignPageGuard) -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self)
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: pages)
        endpoints.register(on: router)
        return router
    }

    /// The frameworks say at `info` what is of interest to nobody but us.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .notice)
        return logger
    }

    private func listenError(_ error: any Error) -> any Error {
        switch error {
        case let error as IOError where error.errnoCode == EADDRINUSE:
            GatewayError.addressInUse(host: options.host, port: options.port)
        case let error as IOError:
            GatewayError.cannotListen(host: options.host, port: options.port, reason: error.description)
        case let error as SocketAddressError:
            GatewayError.cannotListen(host: options.host, port: options.port, reason: "\(error)")
        default: error
        }
    }
}
