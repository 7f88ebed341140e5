import type { TestStack } from "../test/e2e/support/stack";
import { Harbour } from "../test/faults/support/harbour";
import { beginLoad } from "../test/faults/support/load";
import { failuresByReason, type LoadResult, latencyBySpan, type Span, switchSpans } from "./loadResult";
import type { Report } from "./report";

/** Releases in a row. */
const releases = 50;
/** Requests there must have been at the least. */
const requests = 30_000;
/** Requests a second of the load; how many there were is counted, this only tells when to look. */
const rate = 100;
/** Milliseconds around the first answer of a new version in which a switch can be felt. */
const around = 250;

/** Release after release under constant load: what is lost, and how long a request takes while the traffic moves. */
export async function manyReleases(stack: TestStack): Promise<Report> {
  const harbour = new Harbour(stack);
  await harbour.begin();
  await harbour.releaseGood();
  const load = await beginLoad(harbour);
  const begun = Date.now();
  const spans: Span[] = [];
  for (let count = 0; count < releases; count++) {
    const { image } = await harbour.image();
    const from = Date.now();
    const { code, output } = await harbour.release(harbour.manifest(image));
    spans.push({ from, to: Date.now() });
    if (code !== 0) throw new Error(`release ${count + 1} of ${releases} failed:\n${output}`);
  }
  while (Date.now() - begun < (requests / rate) * 1000) await new Promise((next) => setTimeout(next, 1000));
  return reportOf(await load.stop(), spans);
}

function reportOf(result: LoadResult, spans: readonly Span[]): Report {
  const { asked, failures, samples } = result;
  if (asked < requests) throw new Error(`the load made ${asked} requests, which is less than ${requests}`);
  for (const [reason, count] of Object.entries(failuresByReason(result)))
    process.stderr.write(`lost: ${count} of ${reason}\n`);
  const during = latencyBySpan(samples, spans);
  const felt = latencyBySpan(samples, switchSpans(samples, around));
  return {
    rows: [
      { what: "requests without a good answer", value: failures.length, limit: 0, unit: "requests" },
      {
        what: "longest in a switch / p99 outside releases",
        value: felt.within.longest / during.outside.p99,
        limit: 2,
        unit: "×",
      },
    ],
    raw: {
      "requests in all, lost": [asked, failures.length],
      "outside releases: requests, p50 ms, p99 ms, longest ms": Object.values(during.outside),
      "during releases: requests, p50 ms, p99 ms, longest ms": Object.values(during.within),
      [`within ${around} ms of a switch: requests, p50 ms, p99 ms, longest ms`]: Object.values(felt.within),
      "one release, s": spans.map(({ from, to }) => (to - from) / 1000),
    },
  };
}
