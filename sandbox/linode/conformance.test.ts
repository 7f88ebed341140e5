/**
 * The members of every kind of answer, as the real API's answers have them that linodego, Linode's own Go client, keeps
 * for its tests, and as its types name them (August 2026).
 */
import { beforeAll, describe, expect, it } from "vitest";
import { KEY, linodeBody, type TestSandbox, testSandbox } from "../testing";

const LINODE = 101000001;
const rules = {
  inbound_policy: "DROP",
  outbound_policy: "ACCEPT",
  inbound: [{ action: "ACCEPT", protocol: "TCP", ports: "22", addresses: { ipv4: ["0.0.0.0/0"] }, label: "ssh-in" }],
};
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = testSandbox();
  const orders: [string, object][] = [
    ["/v4/vpcs", { label: "app", region: "us-ord", subnets: [{ label: "one", ipv4: "10.0.0.0/24" }] }],
    ["/v4/profile/sshkeys", { label: "ada", ssh_key: KEY.publicKey }],
    ["/v4/linode/instances", linodeBody({ region: "us-ord", interfaces: [{ purpose: "vpc", subnet_id: 241001 }] })],
    ["/v4/networking/firewalls", { label: "web", rules, devices: { linodes: [LINODE] } }],
    ["/v4/volumes", { label: "data", region: "us-ord" }],
    ["/v4/domains", { domain: "example.org", type: "master", soa_email: "ops@example.org" }],
    ["/v4/domains/3160001/records", { type: "A", name: "www", target: "192.0.2.1" }],
  ];
  for (const [path, body] of orders) expect((await sandbox.ask("POST", path, body)).status, path).toBe(200);
  await sandbox.settled();
});

/** Names of members, those of members in brackets: `id`, `entity(id, type)`. */
const recorded: readonly (readonly [string, string])[] = [
  [
    "/v4/linode/types/g6-nanode-1",
    "id label price(hourly monthly) region_prices addons(backups) memory disk transfer vcpus gpus accelerated_devices network_out class successor",
  ],
  [
    "/v4/regions/us-ord",
    "id label country capabilities monitors(alerts metrics) status resolvers(ipv4 ipv6) placement_group_limits(maximum_pgs_per_customer maximum_linodes_per_pg maximum_linodes_per_flexible_pg) site_type",
  ],
  [
    "/v4/images/linode/debian13",
    "id label deprecated size created updated description created_by type tags is_public is_shared vendor expiry eol regions status capabilities image_sharing",
  ],
  [
    `/v4/linode/instances/${LINODE}`,
    "id label group status created updated type ipv4 ipv6 image region site_type specs(disk memory vcpus gpus transfer accelerated_devices) alerts(cpu network_in network_out transfer_quota io system_alerts user_alerts) backups(enabled available schedule last_successful) hypervisor watchdog_enabled tags host_uuid has_user_data placement_group disk_encryption lke_cluster_id capabilities interface_generation maintenance_policy locks",
  ],
  [`/v4/linode/instances/${LINODE}/disks/158000001`, "id status label created updated filesystem size disk_encryption"],
  [
    `/v4/linode/instances/${LINODE}/configs/104000001`,
    "id label helpers(updatedb_disabled distro modules_dep network devtmpfs_automount) kernel comments memory_limit created updated root_device devices(sda sdb sdc sdd sde sdf sdg sdh) initrd run_level virt_mode interfaces",
  ],
  [
    `/v4/linode/instances/${LINODE}/configs/104000001/interfaces/0`,
    "id purpose primary active ipam_address label vpc_id subnet_id ipv4(vpc nat_1_1) ip_ranges ipv6",
  ],
  [`/v4/linode/instances/${LINODE}/transfer`, "used quota billable"],
  [
    "/v4/networking/ips/10.213.0.10",
    "address gateway subnet_mask prefix type public rdns linode_id interface_id region vpc_nat_1_1 reserved assigned_entity(id type label url)",
  ],
  [
    "/v4/account/events/1586000003",
    "id created seen read percent_complete time_remaining rate duration action username entity(label id type url) status secondary_entity(id type label url) message details()",
  ],
  [
    "/v4/networking/firewalls/9600001",
    "id label created updated status rules(inbound inbound_policy outbound outbound_policy version fingerprint) tags entities",
  ],
  ["/v4/networking/firewalls/9600001/devices/11900001", "id created updated entity(id type label url parent_entity)"],
  [
    "/v4/volumes/15700001",
    "id status label created updated filesystem_path size linode_id linode_label io_ready region tags hardware_type encryption locks",
  ],
  [
    "/v4/domains/3160001",
    "id type domain tags group status errors description soa_email retry_sec master_ips axfr_ips expire_sec refresh_sec ttl_sec created updated",
  ],
  [
    "/v4/domains/3160001/records/36600001",
    "id type name target priority weight port service protocol ttl_sec tag created updated",
  ],
  [
    "/v4/profile",
    "uid username email verified_phone_number timezone email_notifications referrals(code url total completed pending credit) ip_whitelist_enabled lish_auth_method authorized_keys two_factor_auth restricted authentication_type user_type",
  ],
  ["/v4/profile/sshkeys/451001", "id label ssh_key created"],
  [
    "/v4/account/settings",
    "managed network_helper longview_subscription backups_enabled object_storage interfaces_for_new_linodes maintenance_policy",
  ],
  ["/v4/vpcs/238001", "id label description region ipv4 ipv6 subnets vpc_type created updated"],
  ["/v4/vpcs/238001/subnets/241001", "id label ipv4 ipv6 linodes databases nodebalancers vpc_type created updated"],
];

describe("every answer has the members of the real one", () => {
  it.each(recorded)("%s", async (path, members) => {
    const [, resource = "", index] = /^(.*\/interfaces)\/(\d+)$/.exec(path) ?? [path, path, undefined];
    const { body } = await sandbox.ask("GET", resource);
    const shown = index === undefined ? body : body[Number(index)];
    expect(outline(shown)).toEqual(parse(members));
  });

  it("lists are told with data, page, pages and results", async () => {
    const lists = [
      "/v4/account/events",
      "/v4/domains",
      "/v4/linode/instances",
      "/v4/networking/firewalls",
      "/v4/volumes",
    ];
    for (const path of lists) {
      const { body } = await sandbox.ask("GET", path);
      expect(Object.keys(body), path).toEqual(["data", "page", "pages", "results"]);
    }
  });
});

/** The names of members and of their members, sorted; lists and what is `null` count as values. */
function outline(shown: Record<string, unknown>, deep = true): string[] {
  return Object.entries(shown)
    .map(([name, value]) => {
      const inner = deep && typeof value === "object" && value !== null && !Array.isArray(value);
      return inner ? `${name}(${outline(value as Record<string, unknown>, false).join(" ")})` : name;
    })
    .sort();
}

function parse(members: string): string[] {
  const names = members.match(/\w+(\([^)]*\))?/g) ?? [];
  return names
    .map((name) => name.replace(/\(([^)]*)\)/, (_, inner: string) => `(${inner.split(" ").sort().join(" ")})`))
    .sort();
}
