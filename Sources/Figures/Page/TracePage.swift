import Traces

/// A trace as one page of HTML: a matrix, lines or a table of every head, with exact numbers under the pointer or the
/// cursor. It needs no network, no library and no server; its policy forbids it to load anything.
enum TracePage {
  /// - Throws: `FigureError` where there is nothing to show, or too much.
  static func html(
    of trace: AttentionTrace, _ request: HeadRequest, _ style: FigureStyle
  ) throws(FigureError) -> String {
    let data = try PageData(trace, request, style)
    let title = escaped((style.title ?? trace.sourceText).onOneLine)
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <meta name="generator" content="heed">
      <title>\(title)</title>
      <style>
      \(PageStyle.css)
      </style>
      </head>
      <body>
      \(body(title: title))
      <script type="application/json" id="data">\(data.json)</script>
      <script>
      \(PageScript.state)
      \(PageScript.pictures)
      \(PageScript.controls)
      </script>
      </body>
      </html>

      """
  }

  private static func body(title: String) -> String {
    """
    <header>
    <h1 dir="auto">\(title)</h1>
    <p id="target" dir="auto"></p>
    <p id="about" class="quiet"></p>
    </header>
    <main>
    <div class="controls">
    <label>Attention <select id="site"></select></label>
    <label>Heads <select id="head"></select></label>
    <label>Colours <select id="scale">
    <option value="full">from 0 to 1</option>
    <option value="maximum">to the largest weight</option>
    <option value="logarithmic">logarithmic, from 0.001</option>
    </select></label>
    <div role="group" aria-label="View" id="views">
    <button type="button" value="matrix">Matrix</button><button type="button" value="lines">Lines</button><button
    type="button" value="table">Table</button>
    </div>
    </div>
    <div id="heads" role="group" aria-label="Heads, layers downwards"></div>
    <p id="readout" role="status"></p>
    <div id="stage">
    <canvas id="picture" tabindex="0" role="img" aria-describedby="readout"></canvas>
    <table id="numbers" hidden></table>
    </div>
    <p id="bar"><span>0</span><canvas id="shades" width="256" height="1"></canvas><span id="top">1</span>
    <span class="quiet">weight</span></p>
    <p id="candidates"></p>
    <p id="caption" dir="auto"></p>
    <p id="notes" class="quiet"></p>
    <noscript><p>This page draws its numbers with JavaScript, which is turned off here.</p></noscript>
    </main>
    """
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
