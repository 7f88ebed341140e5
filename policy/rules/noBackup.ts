import { breach, type Rule } from "../rule";

const clouds = ["digitalocean", "linode"];

/** There is a way back from a bad migration, and from a lost disk. */
export const noBackup: Rule = {
  name: "no-backup",
  description: "Databases on the machine are dumped before migrations, and the cloud keeps backups of the machine.",
  ofSettings({ host, apps }) {
    const onMachine = Object.entries(apps).filter(
      ([, { database }]) => database === "host" || database === "container",
    );
    const holdsData = onMachine.length > 0 || Object.values(apps).some(({ volumes }) => volumes);
    return [
      ...onMachine
        .filter(([, { snapshot }]) => !snapshot)
        .map(([app]) =>
          breach(
            `slipway:apps.${app}.snapshot`,
            "false: there is no way back from a bad migration",
            "remove it, and the database is dumped before each release command",
          ),
        ),
      // A volume is in no cloud's backups of the machine.
      ...(clouds.includes(host.provider) && holdsData && !host.volume && !host.backups
        ? [
            breach(
              "slipway:host.backups",
              "not set: data that is on the machine's own disk is nowhere else",
              "slipway:host.backups: true",
            ),
          ]
        : []),
    ];
  },
};
