/** The style sheet of report pages: one column on a phone, figures side by side on a laptop, both themes, and print. */
export const pageStyleSheet = `
:root{color-scheme:light;--paper:#ffffff;--raised:#f5f7f9;--ink:#1c2127;--muted:#59636e;--rule:#dde2e7;--accent:#0072b2;--warning:#b34700}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--paper:#161a1f;--raised:#1f252c;--ink:#e8ecf0;--muted:#a3adb8;--rule:#343c45;--accent:#56b4e9;--warning:#f09a5a}}
@media screen{:root[data-theme="light"]{color-scheme:light;--paper:#ffffff;--raised:#f5f7f9;--ink:#1c2127;--muted:#59636e;--rule:#dde2e7;--accent:#0072b2;--warning:#b34700}
:root[data-theme="dark"]{color-scheme:dark;--paper:#161a1f;--raised:#1f252c;--ink:#e8ecf0;--muted:#a3adb8;--rule:#343c45;--accent:#56b4e9;--warning:#f09a5a}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:64rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:clamp(1.6rem,4.5vw,2.25rem);line-height:1.2;letter-spacing:-.015em;margin:0 0 .4rem;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.3;margin:3rem 0 .8rem;padding-top:1.2rem;border-top:1px solid var(--rule)}
h3{font-size:1.05rem;line-height:1.4;margin:1.8rem 0 .5rem}
p,ul,ol{max-width:44rem;margin:.7rem 0}
ul,ol{padding-left:1.3rem}
li{margin:.35rem 0}
.lead{color:var(--muted);font-size:1.08rem;margin-top:0}
a{color:var(--accent)}
nav{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:1.4rem 0 0;font-size:.95rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
code,pre{font:.88em/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{overflow-wrap:anywhere}
pre{background:var(--raised);border:1px solid var(--rule);border-radius:8px;padding:.8rem 1rem;margin:.8rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,12.5rem),1fr));gap:.8rem;margin:1.4rem 0}
.number{background:var(--raised);border:1px solid var(--rule);border-radius:10px;padding:.9rem 1.1rem}
.number b{display:block;font-size:1.55rem;line-height:1.25;font-weight:650;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.number span{display:block;font-size:.92rem}
.number small{display:block;color:var(--muted);font-size:.85rem;line-height:1.45;margin-top:.15rem}
.table{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;font-size:.95rem;line-height:1.45;font-variant-numeric:tabular-nums}
caption{caption-side:top;text-align:left;color:var(--muted);font-size:.9rem;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.42rem 1.4rem .42rem 0;border-bottom:1px solid var(--rule)}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:600;color:var(--muted);white-space:nowrap;border-bottom-width:2px}
tbody th{font-weight:400}
td.right,th.right{text-align:right;white-space:nowrap}
.interval{color:var(--muted);font-size:.94em}
.facts{width:100%;max-width:48rem}
.facts th{color:var(--muted);width:13rem}
.facts td{overflow-wrap:anywhere}
.best td,.best th{font-weight:650}
.note{background:var(--raised);border-left:4px solid var(--accent);border-radius:0 8px 8px 0;padding:.7rem 1rem;margin:1.2rem 0;max-width:48rem}
.note.warning{border-left-color:var(--warning)}
.note p{margin:.3rem 0;max-width:none}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:1.6rem 2rem;margin:1.2rem 0;align-items:start}
figure{margin:0;min-width:0;break-inside:avoid}
figure>svg{display:block;width:100%;max-width:40rem;height:auto}
figcaption{color:var(--muted);font-size:.9rem;line-height:1.5;margin-top:.4rem;max-width:40rem}
figcaption b{display:block;color:var(--ink);font-weight:600}
.images{display:flex;flex-wrap:wrap;gap:.8rem;margin:1rem 0}
.image{width:6.5rem;margin:0}
td .images,th .images{margin:.3rem 0;flex-wrap:nowrap}
td .image,th .image{width:4.5rem}
.image img{display:block;width:100%;height:auto;border-radius:6px;image-rendering:auto;background:var(--raised)}
.image figcaption{font-size:.8rem;line-height:1.35;margin-top:.25rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.cases{border:1px solid var(--rule);border-radius:10px;margin:1.2rem 0;padding:.4rem 1.1rem 1rem;min-width:0}
.cases legend{font-weight:600;padding:0 .4rem;margin-left:-.4rem}
.pages{display:flex;flex-wrap:wrap;gap:.35rem;position:relative}
.pages input{position:absolute;top:0;left:0;margin:0;opacity:0;pointer-events:none}
.pages label{order:1;min-width:2.1rem;padding:.2rem .45rem;text-align:center;border:1px solid var(--rule);border-radius:6px;background:var(--raised);font-size:.9rem;font-variant-numeric:tabular-nums;cursor:pointer}
.pages label:hover{border-color:var(--accent)}
.pages input:checked+label{background:var(--accent);border-color:var(--accent);color:var(--paper);font-weight:650}
.pages input:focus-visible+label{outline:3px solid var(--accent);outline-offset:2px}
.case{order:2;flex:0 0 100%;min-width:0;display:none}
.pages input:checked+label+.case{display:block}
.case .images{margin:.9rem 0 .6rem}
.case .image{width:min(14rem,calc((100% - 1.6rem) / 2))}
.case .image:nth-last-child(3),.case .image:nth-last-child(3)~.image{width:min(14rem,calc((100% - 1.6rem) / 3))}
.case .image figcaption{font-size:.85rem;overflow-wrap:anywhere}
.case p{margin:.4rem 0 0}
footer{margin-top:3.5rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.88rem}
@media (max-width:36rem){table{font-size:.9rem}caption{max-width:calc(100vw - 2rem)}.interval{display:block;font-size:.85em;white-space:normal}thead th,th.right{white-space:normal;vertical-align:bottom}td .image,th .image{width:3.1rem}main{padding:1.5rem 1rem 3rem}th,td{padding-right:.9rem}.facts tr{display:block;padding:.45rem 0;border-bottom:1px solid var(--rule)}.facts th,.facts td{display:block;width:auto;padding:0;border:0}.facts th{font-size:.85rem}}
@media print{.case{display:block}.pages label{display:none}.cases{break-inside:auto}main{max-width:none;padding:0}nav{display:none}h2{break-after:avoid}pre,.number,.note,tr{break-inside:avoid}body{font-size:10.5pt}.figures{grid-template-columns:1fr 1fr}}
`.trim();
