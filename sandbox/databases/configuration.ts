import type { ServerSize } from "./databases";

/** What a server's `postgresql.conf` says. Small where the clouds' is large: many of them share one computer. */
export function postgresConfiguration(port: number, { connections }: Pick<ServerSize, "connections">): string {
  return `${[
    "listen_addresses = '*'",
    `port = ${port}`,
    "unix_socket_directories = '/run/sandbox'",
    "hba_file = '/etc/sandbox/pg_hba.conf'",
    "ssl = on",
    "ssl_cert_file = '/etc/sandbox/tls.crt'",
    "ssl_key_file = '/run/sandbox/tls.key'",
    "password_encryption = scram-sha-256",
    `max_connections = ${connections}`,
    "superuser_reserved_connections = 3",
    "shared_buffers = 16MB",
    "max_wal_size = 256MB",
    "min_wal_size = 32MB",
    "wal_level = logical",
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
  ].join("\n")}\n`;
}

/**
 * Who is let in: the provider by the server's own socket, everyone else by TLS and password alone. Which addresses reach
 * the server is the firewall's matter, not this file's: from elsewhere nothing answers at all, as with the real ones.
 */
export const hostBasedAccess = `local all postgres peer
hostssl all postgres all reject
hostssl all,replication all all scram-sha-256
`;
