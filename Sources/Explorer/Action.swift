/// Everything a key can do. The raw value is the long name, by which the command line and a script call it.
enum Action: String, CaseIterable, Sendable {
  // Decoding
  case step
  case stepBack = "step-back"
  case run
  case restart
  case slower
  case faster
  case stop
  // What-if
  case force = "choose-token"
  case typeToken = "type-token"
  case silence = "silence-head"
  case silenceOthers = "silence-other-heads"
  case hide = "hide-token"
  case editRow = "edit-row"
  case giveTarget = "give-target"
  case cooler
  case warmer
  case difference = "next-difference"
  case baseline = "next-baseline"
  case undo, redo
  case dropInterventions = "leave-alone"
  // Sentence
  case editSentence = "edit-sentence"
  case decodeSentence = "decode-sentence"
  case leaveSentence = "leave-sentence"
  /// What the line editor does with the key.
  case editLine = "edit-line"
  // Moving
  case left, right, up, down
  case firstColumn = "first-column"
  case lastColumn = "last-column"
  case firstRow = "first-row"
  case lastRow = "last-row"
  case pageUp = "page-up"
  case pageDown = "page-down"
  case strongest
  case nextChange = "next-change"
  case previousChange = "previous-change"
  case find
  case findNext = "find-next"
  case findPrevious = "find-previous"
  // Whose attention
  case nextSite = "next-site"
  case nextHead = "next-head"
  case previousHead = "previous-head"
  case nextLayer = "next-layer"
  case previousLayer = "previous-layer"
  case meanHeads = "mean-heads"
  case pathways = "next-pathway"
  case previousSnapshot = "previous-snapshot"
  case nextSnapshot = "next-snapshot"
  // Picture
  case matrixView = "matrix-view"
  case headsView = "heads-view"
  case linesView = "lines-view"
  case mathsView = "maths-view"
  case tokensView = "tokens-view"
  case comparisonView = "comparison-view"
  case nextComparison = "next-comparison"
  case tensorsView = "tensors-view"
  case openHead = "open-head"
  case openTensor = "open-tensor"
  case foldAll = "fold-all"
  case unfoldAll = "unfold-all"
  case sortHeads = "next-sort"
  case zoomOut = "zoom-out"
  case zoomIn = "zoom-in"
  case values = "next-values"
  case scale = "next-scale"
  case words = "next-words"
  case specialTokens = "next-special-tokens"
  case allLines = "all-lines"
  case palette = "next-palette"
  case background = "next-background"
  // Panels
  case nextPanel = "next-panel"
  case largerPanels = "larger-panels"
  case smallerPanels = "smaller-panels"
  case previousCandidate = "previous-candidate"
  case nextCandidate = "next-candidate"
  case forceCandidate = "force-candidate"
  case previousWeight = "previous-weight"
  case nextWeight = "next-weight"
  case leavePanel = "leave-panel"
  // Files
  case openModel = "open-model"
  case acceptPicker = "accept-entry"
  case nextEntry = "next-entry"
  case previousEntry = "previous-entry"
  case enterFolder = "enter-folder"
  case leaveFolder = "leave-folder"
  case leavePicker = "leave-picker"
  case answerYes = "answer-yes"
  case answerNo = "answer-no"
  // Program
  case commandLine = "command-line"
  case acceptPrompt = "accept-prompt"
  case completePrompt = "complete-prompt"
  case leavePrompt = "leave-prompt"
  case help
  case filterHelp = "filter-help"
  case scrollUp = "scroll-up"
  case scrollDown = "scroll-down"
  case nextSheet = "next-sheet"
  case previousSheet = "previous-sheet"
  case closeHelp = "close-help"
  case redraw
  case interrupt
  case suspend
  case quit
}
