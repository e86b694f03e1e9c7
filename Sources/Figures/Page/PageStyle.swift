/// How the page looks, by day and by night.
enum PageStyle {
  static let css = #"""
    :root {
      color-scheme: light dark;
      --back: #ffffff; --text: #16181d; --quiet: #5c6470; --edge: #c9ced6; --accent: #1f5fbf; --masked: #eceef1;
      font: 15px/1.45 system-ui, sans-serif;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --back: #16181d; --text: #e8eaee; --quiet: #9aa3af; --edge: #434a55; --accent: #7fb0ff; --masked: #23262d;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1.2rem; max-width: 75rem; background: var(--back); color: var(--text); }
    h1 { margin: 0; font-size: 1.35rem; font-weight: 650; }
    p { margin: .35rem 0; }
    h1, #target { max-height: 6.2em; overflow: auto; overflow-wrap: anywhere; }
    #target { font-size: 1.15rem; }
    #target::before { content: "→ "; color: var(--quiet); }
    .quiet { color: var(--quiet); }
    .controls { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; margin: 1rem 0 .6rem; }
    select, button {
      font: inherit; color: inherit; background: var(--back); border: 1px solid var(--edge); border-radius: 5px;
      padding: .2rem .6rem; cursor: pointer;
    }
    #views button { border-radius: 0; margin-left: -1px; }
    #views button:first-child { border-radius: 5px 0 0 5px; }
    #views button:last-child { border-radius: 0 5px 5px 0; }
    #views [aria-pressed=true] { background: var(--accent); border-color: var(--accent); color: var(--back); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    #heads { display: grid; gap: 4px; margin: .5rem 0; justify-content: start; overflow-x: auto; padding: 3px; }
    #heads:empty { display: none; }
    #heads button { padding: 0; border-radius: 2px; border-width: 2px; line-height: 0; }
    #heads [aria-pressed=true] { border-color: var(--accent); }
    #heads canvas { width: 100%; height: 100%; }
    #heads button, #heads span { width: 52px; height: 40px; }
    #heads span { line-height: 40px; text-align: right; color: var(--quiet); font-size: .8rem; }
    #readout { min-height: 1.45em; font-variant-numeric: tabular-nums; }
    #stage { overflow: auto; max-height: 85vh; }
    #picture { display: block; touch-action: pan-x pan-y; }
    #bar { display: flex; gap: .4rem; align-items: center; font-variant-numeric: tabular-nums; }
    #shades { width: 14rem; height: .8rem; border: 1px solid var(--edge); }
    canvas { image-rendering: pixelated; }
    #picture { image-rendering: auto; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
    td, th { padding: .1rem .45rem; text-align: right; border: 1px solid var(--edge); font-weight: normal; }
    th { position: sticky; background: var(--back); }
    thead th { top: 0; }
    tbody th { left: 0; }
    .special { color: var(--quiet); }
    .forced { font-style: italic; }
    @media print { .controls, #heads { display: none; } #stage { max-height: none; } }
    """#
}
