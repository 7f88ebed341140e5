import { expect, test } from "vitest";
import { FILE, type Keys, SERVICE, standsInTable, VOLUME } from "./compose-keys";

/** The keys of compose files by where they stand: those of the schema of compose-go 2.16.2. `*` stands for a name. */
const KNOWN: Readonly<Record<string, string>> = {
  "": "configs include jobs models name networks secrets services version volumes",
  include: "env_file path project_directory",
  "services.*":
    "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_start pre_stop privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits umask use_api_socket user userns_mode uts volumes volumes_from working_dir",
  "services.*.blkio_config": "device_read_bps device_read_iops device_write_bps device_write_iops weight weight_device",
  "services.*.blkio_config.device_read_bps": "path rate",
  "services.*.blkio_config.device_read_iops": "path rate",
  "services.*.blkio_config.device_write_bps": "path rate",
  "services.*.blkio_config.device_write_iops": "path rate",
  "services.*.blkio_config.weight_device": "path weight",
  "services.*.build":
    "additional_contexts args cache_from cache_to context dockerfile dockerfile_inline entitlements extra_hosts isolation labels network no_cache no_cache_filter platforms privileged provenance pull sbom secrets shm_size ssh tags target ulimits",
  "services.*.build.secrets": "gid mode source target uid",
  "services.*.configs": "gid mode source target uid",
  "services.*.credential_spec": "config file registry",
  "services.*.deploy":
    "endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config",
  "services.*.deploy.placement": "constraints max_replicas_per_node preferences",
  "services.*.deploy.placement.preferences": "spread",
  "services.*.deploy.resources": "limits reservations",
  "services.*.deploy.resources.limits": "cpus memory pids",
  "services.*.deploy.resources.reservations": "cpus devices generic_resources memory",
  "services.*.deploy.resources.reservations.devices": "capabilities count device_ids driver options",
  "services.*.deploy.resources.reservations.generic_resources": "discrete_resource_spec",
  "services.*.deploy.resources.reservations.generic_resources.discrete_resource_spec": "kind value",
  "services.*.deploy.restart_policy": "condition delay max_attempts window",
  "services.*.deploy.rollback_config": "delay failure_action max_failure_ratio monitor order parallelism",
  "services.*.deploy.update_config": "delay failure_action max_failure_ratio monitor order parallelism",
  "services.*.develop": "watch",
  "services.*.develop.watch": "action exec ignore include initial_sync path target",
  "services.*.develop.watch.exec": "command environment privileged user working_dir",
  "services.*.devices": "permissions source target",
  "services.*.env_file": "format path required",
  "services.*.extends": "file service",
  "services.*.gpus": "capabilities count device_ids driver options",
  "services.*.healthcheck": "disable interval retries start_interval start_period test timeout",
  "services.*.logging": "driver options",
  "services.*.ports": "app_protocol host_ip mode name protocol published target",
  "services.*.post_start": "command environment privileged user working_dir",
  "services.*.pre_stop": "command environment privileged user working_dir",
  "services.*.provider": "options type",
  "services.*.secrets": "gid mode source target uid",
  "services.*.volumes": "bind consistency image read_only source target tmpfs type volume",
  "services.*.volumes.bind": "create_host_path propagation recursive selinux",
  "services.*.volumes.image": "subpath",
  "services.*.volumes.tmpfs": "mode size",
  "services.*.volumes.volume": "labels nocopy subpath",
  "volumes.*": "driver driver_opts external labels name",
  "volumes.*.external": "name",
};

const all = Object.entries(KNOWN).flatMap(([path, keys]) =>
  keys.split(" ").map((key) => (path === "" ? key : `${path}.${key}`)),
);

test.each(all)("%s is either allowed by a rule or refused with what to do instead", (path) => {
  expect(standsInTable(path)).toBe(true);
});

test("a key that nobody has decided on stands nowhere", () => {
  for (const path of [
    "jails",
    "services.*.jails",
    "services.*.healthcheck.tests",
    "volumes.*.jails",
    "services.*.constructor",
  ])
    expect(standsInTable(path)).toBe(false);
});

test("whatever is refused says what to do instead, and whatever is asked about says what is free or that nothing is", () => {
  const rows = (keys: Keys): readonly Keys[string][] =>
    Object.values(keys).flatMap((row) => [row, ...(row.is === "kept" && row.keys ? rows(row.keys) : [])]);
  for (const row of [FILE, SERVICE, VOLUME].flatMap(rows)) if (row.is === "refused") expect(row.mend).not.toBe("");
});
