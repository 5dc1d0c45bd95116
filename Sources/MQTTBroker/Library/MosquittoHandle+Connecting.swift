import CMosquitto

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension MosquittoHandle {
    func configure(_ options: LinkOptions) throws(LinkFailure) {
        // Without this the library acknowledges by itself, at once.
        try check(unsafe mosquitto_threaded_set(pointer, true), "threading")
        try set(MOSQ_OPT_PROTOCOL_VERSION, options.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311)
        try set(MOSQ_OPT_RECEIVE_MAXIMUM, Int32(options.receiveMaximum))
        try set(MOSQ_OPT_SEND_MAXIMUM, Int32(options.sendMaximum))
        try set(MOSQ_OPT_TCP_NODELAY, options.isUndelayed ? 1 : 0)
        if options.username != nil || options.password != nil {
            try check(unsafe mosquitto_username_pw_set(pointer, options.username, options.password), "user name")
        }
        if let will = options.will?() {
            let code = unsafe will.payload.withUnsafeBytes { payload in
                unsafe mosquitto_will_set(
                    pointer, will.topic, Int32(payload.count), payload.baseAddress, Int32(will.qos), will.isRetained)
            }
            try check(code, "will")
        }
        if let security = options.security { try configure(security) }
    }

    private func configure(_ security: LinkSecurity) throws(LinkFailure) {
        if let file = security.authorityFile {
            try check(
                unsafe mosquitto_tls_set(pointer, file, nil, security.certificateFile, security.keyFile, nil),
                "TLS files (\(file))")
        } else {
            guard security.certificateFile == nil else {
                throw LinkFailure("a client certificate needs the file of the broker's authority too")
            }
            try set(MOSQ_OPT_TLS_USE_OS_CERTS, 1)
        }
        if security.isInsecure {
            try check(unsafe mosquitto_tls_opts_set(pointer, 0, nil, nil), "TLS options")
            try check(unsafe mosquitto_tls_insecure_set(pointer, true), "TLS options")
        }
    }

    func connect(_ options: LinkOptions) throws(LinkFailure) {
        guard options.port != 0 else { throw LinkFailure("port 0 is no port") }
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        if options.version == .v5 {
            try check(
                unsafe mosquitto_property_add_int32(
                    &properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), options.sessionExpirySeconds),
                "session expiry")
            try check(
                unsafe mosquitto_property_add_int32(
                    &properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), options.maximumPacketBytes),
                "maximum packet size")
        }
        let failure = MosquittoLibrary.connecting(secured: options.security != nil) { () -> LinkFailure? in
            let code = unsafe mosquitto_connect_bind_v5(
                pointer, options.host, Int32(options.port), Int32(options.keepAliveSeconds), nil, properties)
            return self.failure(code)
        }
        if let failure { throw failure }
    }

    private func set(_ option: mosq_opt_t, _ value: Int32) throws(LinkFailure) {
        try check(unsafe mosquitto_int_option(pointer, option, value), "option \(option.rawValue)")
    }

    private func check(_ code: Int32, _ what: String) throws(LinkFailure) {
        let systemError = errno
        guard code != MosquittoLibrary.success else { return }
        let cause = LinkFailure(code: code, errno: systemError, complaint: nil)
        throw LinkFailure("\(what): \(cause.description)")
    }
}
