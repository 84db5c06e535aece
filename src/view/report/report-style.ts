/**
 * @module
 * The sheet of the HTML report: the viewer's colours, for a page that is read or printed.
 */
export const REPORT_STYLE = `
:root{--paper:#fbfaf7;--ink:#1d1c1a;--soft:#5f5b53;--line:#e4e0d7;--raised:#fff;--run:#1f6fae;--plus:33 102 172;--minus:196 96 16;--plain:120 113 100}
@media (prefers-color-scheme:dark){:root{--paper:#15161a;--ink:#ebe8e1;--soft:#aaa69d;--line:#2b2d33;--raised:#1c1e23;--run:#6cabe6;--plus:88 160 232;--minus:236 138 52;--plain:150 145 135}}
*{box-sizing:border-box}
body{max-width:1040px;margin:0 auto;padding:48px 24px 96px;background:var(--paper);color:var(--ink);font:14px/1.5 "Inter",ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums}
h1{margin:0;font-size:26px;font-weight:600;letter-spacing:-.01em}
h2{margin:44px 0 14px;font-size:16px;font-weight:600}
h3{margin:0;font-size:15px;font-weight:500}
header p,.verdict,figcaption{margin:2px 0;color:var(--soft)}
.verdict,figcaption{font-size:12.5px}
figcaption b{color:var(--ink);font-weight:500}
.curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:22px 26px}
figure{margin:0;break-inside:avoid}
svg{display:block;width:100%;height:auto}
svg text{font-size:9.5px;fill:var(--soft)}
.grid{stroke:var(--line);fill:none}
.line{stroke:var(--run);stroke-width:1.4;fill:none}
.thin{stroke-width:.9;opacity:.55}
.band{fill:var(--run);opacity:.16}
table{border-collapse:collapse;width:100%;font-size:13px}
th{text-align:left;font-weight:500;color:var(--soft);font-size:12px}
th,td{padding:5px 16px 5px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
.number{text-align:right;white-space:nowrap}
.group{display:grid;grid-template-columns:120px minmax(0,1fr);gap:20px;padding:18px 0;border-top:1px solid var(--line);break-inside:avoid}
.images{display:grid;gap:8px;align-content:start}
.group img{width:120px;height:120px;object-fit:contain;border-radius:5px;image-rendering:pixelated}
.strip{margin:4px 0 12px;padding:10px 12px;background:var(--raised);border:1px solid var(--line);border-radius:7px;font:13px/1.9 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.visual{border-bottom:2px solid var(--soft)}
.text{border-bottom:2px dotted var(--soft)}
@media (max-width:560px){.group{grid-template-columns:minmax(0,1fr)}body{padding:28px 16px 64px}}
`;
