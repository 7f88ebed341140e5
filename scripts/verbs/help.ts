/** What `--help` says besides usage and options, for verbs that are loaded only when they are run. */

/** Of `plan`. */
export const planHelp = `
It only looks. Exit code: 0, or 1 if bringing the stack up would fail or a policy refuses it; with --strict 3 if a machine or
anybody's data would be replaced or deleted.
In GitHub Actions the plan is added to the page of the run, too.`;

/** Of `deploy`. */
export const deployHelp = `
What an earlier run left half made is taken in first. Asked to end (Ctrl-C, a cancelled run), it lets Pulumi finish what it is
at, so that nothing stays locked.
In GitHub Actions a summary is added to the page of the run, and the step has the output url.`;
