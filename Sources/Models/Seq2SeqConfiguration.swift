import Layers

/// `config.json` of a recurrent encoder-decoder, `model_type` `heed-seq2seq`; keys as written there.
///
/// The defaults are the tutorial's: a one-directional GRU encoder and a GRU decoder with additive attention, but with
/// the state carried from step to step.
public struct Seq2SeqConfiguration: ModelConfiguration {
  public typealias Model = Seq2Seq

  public static let modelType = "heed-seq2seq"
  public static let family = "recurrent"

  /// `additive` asks with the state before a step and feeds the context to the cell (Bahdanau); `dot`, `general` and
  /// `concat` ask with the state after it (Luong); `none` leaves only the encoder's final state.
  public enum Mechanism: String, Sendable, CaseIterable, Codable {
    case additive, dot, general, concat, none
  }
  public enum Span: String, Sendable, CaseIterable, Codable {
    case global
    case localMonotonic = "local-m"
    case localPredictive = "local-p"
  }
  public enum Cell: String, Sendable, CaseIterable, Codable {
    case gru, lstm
  }
  public enum DecoderState: String, Sendable, CaseIterable, Codable {
    /// The state goes from step to step.
    case carried
    /// The published tutorial's own: its GRU starts from zeros at every step and only the query carries the state.
    case zeros
  }
  public enum Readout: String, Sendable, CaseIterable, Codable {
    /// Logits from the decoder's state alone, or from Luong's attentional state.
    case state
    /// Logits from `tanh(dense([state; context; embedded token]))` (Bahdanau et al. 2015, appendix A.2.2).
    case deep
  }

  public var attention = Mechanism.additive
  /// Width of the space in which additive and concat attention compare.
  public var attentionUnits = 256
  public var attentionSpan = Span.global
  /// Reach of local attention to either side.
  public var attentionWindow = 2
  /// Feeds Luong's attentional state to the next step.
  public var inputFeeding = false
  public var cell = Cell.gru
  public var resetAfter = true
  /// Hard sigmoids are for models of old Keras.
  public var gateActivation = GateActivation.sigmoid
  public var sourceEmbeddingSize = 256
  public var targetEmbeddingSize = 256
  public var encoderUnits = 256
  public var encoderLayers = 1
  public var bidirectional = false
  public var decoderUnits = 256
  public var decoderLayers = 1
  public var decoderState = DecoderState.carried
  /// False only to reproduce the tutorial, which attends to padding.
  public var masksSource = true
  public var readout = Readout.state
  /// Width of the deep readout.
  public var readoutUnits = 256
  /// Uses the target embedding as the output matrix (Press & Wolf 2017).
  public var tiesEmbeddings = false
  public var text = TextSettings()
  /// Typed sources are filled up with padding to this length, which a model without mask reads; nil: to none.
  public var paddedSourceLength: Int?

  public init() {}

  var cellKind: CellKind { cell == .lstm ? .lstm : .gru(resetAfter: resetAfter) }
  /// Width of an encoder state.
  var encoderWidth: Int { bidirectional ? 2 * encoderUnits : encoderUnits }
  var asksBeforeStep: Bool { attention == .additive }

  var span: AttentionSpan {
    switch attentionSpan {
    case .global: .global
    case .localMonotonic: .localMonotonic(window: attentionWindow)
    case .localPredictive: .localPredictive(window: attentionWindow)
    }
  }

  /// `additive · GRU 2×256`: mechanism, cell, directions and units.
  public var summary: String {
    let mechanism = attention == .none ? "no attention" : attention.rawValue
    let span = attention == .none || attentionSpan == .global ? "" : " \(attentionSpan.rawValue)"
    let units = bidirectional ? "2×\(encoderUnits)" : "\(encoderUnits)"
    let layers = encoderLayers == 1 ? "" : ", \(encoderLayers) layers"
    return "\(mechanism)\(span) · \(cell.rawValue.uppercased()) \(units)\(layers)"
  }
}
