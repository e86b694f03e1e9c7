import Foundation
import TUI

/// How pictures are drawn, as far as a person chooses it for all models and sentences.
///
/// Every setting has a name and a fixed list of values, the same on the command line of the explorer and in a file.
public struct Settings: Sendable, Equatable {
  public var palette = Palette.viridis
  public var scale = Scale.unit
  public var specialTokens = SpecialTokens.shown
  public var words = Words.split
  public var values = Switch.on
  public var panels = PanelSize.normal
  public var background = Display.Background.dark

  public init(background: Display.Background = .dark) {
    self.background = background
  }

  /// How a weight becomes a place on the palette.
  public enum Scale: String, Sendable, CaseIterable {
    /// The weight itself.
    case unit = "0-1"
    /// The weight as a part of the largest of its row.
    case row
    /// Four powers of ten: 0.0001 and less is the lowest colour.
    case logarithmic
  }

  public enum SpecialTokens: String, Sendable, CaseIterable {
    case shown, dimmed, hidden
  }

  /// Whether the parts of a word share one row or column.
  public enum Words: String, Sendable, CaseIterable {
    case split, merged
  }

  public enum Switch: String, Sendable, CaseIterable {
    case on, off
  }

  /// Room for the panels beside the picture.
  public enum PanelSize: String, Sendable, CaseIterable {
    case hidden, normal, wide
  }
}

/// A setting that does not exist, or a value that it does not take.
public struct SettingError: Error, Equatable, CustomStringConvertible {
  public let description: String
}

extension Settings {
  /// One row of the table of settings.
  struct Entry: Sendable {
    let name: String
    let values: [String]
    /// A short sentence without a full stop.
    let help: String
    let value: @Sendable (Settings) -> String
    /// False for a value that is none of `values`.
    let set: @Sendable (inout Settings, String) -> Bool

    init<Value: CaseIterable & RawRepresentable & Sendable>(
      _ name: String, _ path: WritableKeyPath<Settings, Value> & Sendable, without unfit: [Value] = [],
      does help: String
    ) where Value.RawValue == String {
      self.name = name
      self.help = help
      let allowed = Value.allCases.map(\.rawValue).filter { name in !unfit.contains { $0.rawValue == name } }
      values = allowed
      value = { $0[keyPath: path].rawValue }
      set = { settings, text in
        guard allowed.contains(text), let value = Value(rawValue: text) else { return false }
        settings[keyPath: path] = value
        return true
      }
    }
  }

  static let entries: [Entry] = [
    Entry("palette", \.palette, without: Palette.allCases.filter(\.isDiverging), does: "Colours of the weights"),
    Entry("scale", \.scale, does: "From a weight to its colour"),
    Entry("special-tokens", \.specialTokens, does: "Start, end and other tokens that are no words"),
    Entry("words", \.words, does: "Parts of a word apart or as one"),
    Entry("values", \.values, does: "Numbers in the cells"),
    Entry("panels", \.panels, does: "Room for the panels beside the picture"),
    Entry("background", \.background, does: "What the terminal's background is"),
  ]

  /// The names of all settings.
  public static var names: [String] { entries.map(\.name) }

  /// What a setting can be, and what it does in a few words; nil for a name that is none.
  public static func description(of name: String) -> (values: [String], help: String)? {
    entries.first { $0.name == name }.map { ($0.values, $0.help) }
  }

  /// What a setting is; nil for a name that is none.
  public func value(of name: String) -> String? { Self.entries.first { $0.name == name }?.value(self) }

  /// - Throws: `SettingError`, and leaves everything as it was.
  public mutating func set(_ name: String, to value: String) throws(SettingError) {
    guard let entry = Self.entries.first(where: { $0.name == name }) else {
      throw SettingError(description: "no setting \(name): there are " + Self.names.joined(separator: ", "))
    }
    guard entry.set(&self, value) else {
      throw SettingError(description: "\(name) is one of \(entry.values.joined(separator: ", ")), not \(value)")
    }
  }
}

extension Settings.Scale {
  static let decades: Float = 4

  /// Where a weight lies on the palette, 0 to 1.
  func position(_ weight: Float, rowMaximum: Float) -> Float {
    switch self {
    case .unit: weight
    case .row: rowMaximum > 0 ? weight / rowMaximum : 0
    case .logarithmic: weight > 0 ? max(0, 1 + log10(weight) / Self.decades) : 0
    }
  }
}

extension CaseIterable where Self: Equatable, AllCases: RandomAccessCollection, AllCases.Index == Int {
  /// The case after this one, round and round.
  func next(_ offset: Int = 1) -> Self {
    let cases = Self.allCases
    let index = cases.firstIndex(of: self) ?? 0
    return cases[((index + offset) % cases.count + cases.count) % cases.count]
  }
}
