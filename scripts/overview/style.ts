/** How the page looks: on a screen by day and night, on a phone, on paper. It needs no script and nothing from elsewhere. */
export const style = `
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #ffffff; --ink: #1b2430; --soft: #525e6d; --line: #d9dee5;
  --good: #12693a; --good-ground: #e2f4e8; --warn: #7d4a00; --warn-ground: #fdf0d5; --bad: #a11622; --bad-ground: #fde6e7;
  --quiet-ground: #eceff3; --link: #0b57a4; --bar: #5b7fa6; }
@media (prefers-color-scheme: dark) { :root { --ground: #11161d; --card: #1a212b; --ink: #e7ecf2; --soft: #a9b5c3; --line: #323d4b;
  --good: #7ddba0; --good-ground: #123222; --warn: #f5c26b; --warn-ground: #38290b; --bad: #ff9c9f; --bad-ground: #42171b;
  --quiet-ground: #28323f; --link: #8cc2ff; --bar: #7fa6d1; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 72rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; }
a { color: var(--link); }
header { margin-bottom: 1.25rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin-top: 1rem; }
.soft { color: var(--soft); font-size: .9rem; }
.head { display: flex; flex-wrap: wrap; gap: .35rem .75rem; align-items: baseline; }
.mark { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: .85rem; font-weight: 600;
  background: var(--quiet-ground); white-space: nowrap; }
.good { color: var(--good); background: var(--good-ground); }
.warn { color: var(--warn); background: var(--warn-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.rooms { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin-top: .6rem; }
.room { flex: 0 1 20rem; }
.room span { display: block; height: .5rem; border-radius: .25rem; background: var(--quiet-ground); overflow: hidden; }
.room i { display: block; height: 100%; background: var(--bar); }
.room .full { background: var(--bad); }
table { width: 100%; border-collapse: collapse; margin-top: .8rem; }
th { text-align: left; font-size: .8rem; color: var(--soft); font-weight: 600; }
th, td { padding: .4rem .6rem .4rem 0; border-top: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; }
td.app, td.by { overflow-wrap: anywhere; min-width: 8rem; }
thead th { border-top: 0; }
td.app { font-weight: 600; }
td.app a, td.app small { display: block; font-weight: 400; font-size: .85rem; }
ul { margin: .8rem 0 0; padding: .6rem .8rem .6rem 1.8rem; border-radius: .4rem; background: var(--bad-ground); color: var(--bad);
  overflow-wrap: anywhere; font-size: .9rem; }
@media (max-width: 45rem) {
  thead { display: none; }
  table, tbody, tr, td { display: block; }
  tr { border-top: 1px solid var(--line); padding: .5rem 0; }
  td { border: 0; padding: .1rem 0; display: grid; grid-template-columns: 7rem minmax(0, 1fr); }
  td::before { content: attr(data-label); color: var(--soft); font-weight: 400; font-size: .85rem; }
  td.app { display: block; }
  td.app::before { content: none; }
}
@media print { body { background: none; max-width: none; padding: 0; } section { break-inside: avoid; }
  .mark, ul, .room span, .room i { print-color-adjust: exact; } }
`;
