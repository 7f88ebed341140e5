import { breach, type Rule } from "../rule";

/** Who has more of the machine than any app may have has the other apps of the machine, too. */
export const powerGranted: Rule = {
  name: "power-granted",
  description: "No service has more of its machine than any app may have.",
  ofSettings({ apps }) {
    return Object.entries(apps).flatMap(([app, { grants }]) =>
      Object.entries(grants).map(([service, list]) =>
        breach(
          `slipway:apps.${app}.grants.${service}`,
          `gives it ${list.join(", ")}`,
          "leave it out, or say why it is meant: slipway:policies: { accept: { power-granted: WHY } }",
        ),
      ),
    );
  },
};
