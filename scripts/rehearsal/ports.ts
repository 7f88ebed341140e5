/** Who can reach which port of a machine, from this computer and from another place in the sandbox. */
import { execa } from "execa";
import ipaddr from "ipaddr.js";
import { answersAt } from "./knock";

/** Ports that anybody may reach. */
const PUBLIC_PORTS = [80, 443];
/** The port that only those on the allow-list may reach. */
const SSH_PORT = 22;
/** Ports that are looked at besides those the machine listens on: Caddy's, Docker's and Postgres' own, and what apps like to take. */
const USUAL_PORTS = [2019, 2375, 2376, 3000, 5432, 6432, 8000, 8080, 9000, 20_000, 25_060];
/** Longest wait for a connection, in ms. */
const PATIENCE = 1500;

/** What is to be known about one place from which a machine is reached. */
export interface View {
  readonly from: string;
  readonly address: string;
  /** Ports that let a connection be opened. */
  readonly open: readonly number[];
}

/** What is wrong with `views`, line by line; empty if all is as the allow-list says. */
export function portMistakes(views: readonly View[], sshFrom: readonly string[]): readonly string[] {
  return views.flatMap(({ from, address, open }) => {
    const allowed = [...PUBLIC_PORTS, ...(covers(sshFrom, address) ? [SSH_PORT] : [])];
    const wrong = open.filter((port) => !allowed.includes(port));
    return [
      ...(wrong.length > 0 ? [`${from} reaches ${wrong.join(", ")}`] : []),
      ...(allowed.includes(SSH_PORT) && !open.includes(SSH_PORT) ? [`${from} does not reach ${SSH_PORT}`] : []),
    ];
  });
}

/** The ports worth a look: those that the machine listens on, by the output of `ss -Htln`, and the usual ones. */
export function portsToTry(listening: string): readonly number[] {
  const own = listening.split("\n").flatMap((line) => {
    const port = Number(/:(\d+)$/.exec(line.trim().split(/\s+/)[3] ?? "")?.[1]);
    return Number.isInteger(port) ? [port] : [];
  });
  return [...new Set([SSH_PORT, ...PUBLIC_PORTS, ...USUAL_PORTS, ...own])].sort((a, b) => a - b);
}

/** As this computer sees the machine. */
export async function viewFromHere(address: string, ports: readonly number[], own: string): Promise<View> {
  const reached = await Promise.all(ports.map((port) => answersAt(address, port, PATIENCE)));
  return { from: "this computer", address: own, open: ports.filter((_, index) => reached[index]) };
}

/** As another container of the sandbox, which is on nobody's allow-list, sees the machine. */
export async function viewFromContainer(
  container: string,
  own: string,
  address: string,
  ports: readonly number[],
): Promise<View> {
  const script = `for port in ${ports.join(" ")}; do (timeout ${PATIENCE / 1000} bash -c "exec 3<>/dev/tcp/${address}/$port" 2>/dev/null && echo $port) & done; wait`;
  const { stdout } = await execa("docker", ["exec", container, "bash", "-c", script]);
  const open = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
  return { from: "a stranger", address: own, open: open.sort((a, b) => a - b) };
}

function covers(networks: readonly string[], address: string): boolean {
  const parsed = ipaddr.parse(address);
  return networks.some((text) => {
    const [base, bits] = ipaddr.parseCIDR(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
    return base.kind() === parsed.kind() && parsed.match([base, bits] as never);
  });
}
