// swift-tools-version: 6.2
import PackageDescription

// Warnings stop the build in CI, where the compiler's version is known, and nowhere else.
let strict: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// A floor of the house: it imports what it lists and nothing else.
func floor(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one target, in `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, resources: resources,
    swiftSettings: strict)
}

let package = Package(
  name: "heed",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "heed", targets: ["heed"]),
    // For the nested package of benchmarks.
    .library(
      name: "Heed",
      targets: [
        "Tensors", "Autograd", "Layers", "Checkpoints", "Models", "Training", "Traces", "Inspection", "TUI", "Explorer",
        "Engine", "CursesTerminal",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Floor 0: doors to C.
    .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "CKernels",
      // Loops over floats are unusable unoptimised, in debug builds too. Products and sums of one statement are fused, and no
      // others: what "fast" fuses depends on whether arrays happen to lie near each other, and with it the last bits.
      cSettings: [.unsafeFlags(["-O3", "-ffp-contract=on"])]),
    .target(
      name: "CCurses",
      linkerSettings: [
        // macOS has wide characters in its plain ncurses.
        .linkedLibrary("ncursesw", .when(platforms: [.linux])), .linkedLibrary("ncurses", .when(platforms: [.macOS])),
      ]),
    .target(name: "CDoors", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CHDF5", dependencies: ["CDoors"]),
    .target(name: "CSndfile", dependencies: ["CDoors"]),
    .target(name: "CZip", dependencies: ["CDoors"]),
    .target(
      name: "CSentencePiece",
      linkerSettings: [.linkedLibrary("sentencepiece"), .linkedLibrary("sentencepiece_train")]),
    .target(name: "CCairo", dependencies: ["CDoors"]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

    // Floor 1: values.
    floor("Tensors", ["CBLAS", "CKernels"]),
    floor("Traces"),
    floor("JSON"),
    floor("Text", ["JSON", "CSentencePiece"]),
    floor("Metrics"),
    floor("TUI"),
    floor("Inspection"),

    // Floor 2.
    floor("Autograd", ["Tensors", "CKernels"]),
    floor("Audio", ["Tensors", "CDoors", "CSndfile"]),
    floor("Checkpoints", ["Inspection", "JSON", "Tensors", "CDoors", "CHDF5", "CZip", "CZlib"]),
    floor("Explorer", ["Inspection", "Traces", "TUI"]),
    floor("CursesTerminal", ["TUI", "CCurses"]),
    floor("Figures", ["JSON", "Traces", "TUI", "CCairo", "CZlib"]),

    // Floors 3 to 5.
    floor("Layers", ["Autograd", "Tensors", "Traces", "CKernels"]),
    floor(
      "Models",
      [
        "Layers", "Audio", "Autograd", "Checkpoints", "JSON", "Tensors", "Text", "Traces",
        .product(name: "Yams", package: "Yams"),
      ]),
    floor(
      "Training",
      [
        "Models", "Layers", "Autograd", "Checkpoints", "Tensors", "Text", "Traces", "Metrics", "CZlib",
        .product(name: "Yams", package: "Yams"),
      ]),
    floor("Engine", ["Checkpoints", "Inspection", "Models", "Text", "Traces"]),
    floor(
      "UserFiles",
      ["Checkpoints", "Engine", "Explorer", "JSON", "TUI", "Traces", .product(name: "Yams", package: "Yams")]),

    // Floor 6: the program.
    .executableTarget(
      name: "heed",
      dependencies: [
        "Engine", "Training", "Models", "Checkpoints", "Text", "Traces", "Metrics", "Figures", "Explorer", "TUI",
        "CursesTerminal", "Inspection", "JSON", "Tensors", "UserFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Tests, floor by floor.
    .target(
      name: "GoldenFixtures", dependencies: ["Checkpoints", "Tensors"], path: "Tests/GoldenFixtures",
      swiftSettings: strict),
    .target(name: "TestSupport", path: "Tests/Support", swiftSettings: strict),
    tests("Tensors", ["CKernels"]),
    tests("Traces", resources: [.copy("Fixtures")]),
    tests("JSON"),
    tests("Text", ["JSON", "TestSupport"], resources: [.copy("Fixtures")]),
    tests("Metrics", resources: [.copy("Fixtures")]),
    tests("Inspection"),
    tests("TUI", ["TestSupport"], resources: [.copy("Fixtures")]),
    tests("CursesTerminal", ["TUI"]),
    tests("Autograd", ["Tensors"]),
    tests("Audio", ["GoldenFixtures", "Tensors"], resources: [.copy("Fixtures")]),
    tests("Layers", ["GoldenFixtures", "Autograd", "Tensors", "Traces"], resources: [.copy("Fixtures")]),
    tests(
      "Models", ["GoldenFixtures", "Autograd", "Checkpoints", "Layers", "Tensors", "TestSupport", "Traces"],
      resources: [.copy("Fixtures")]),
    tests("Checkpoints", ["CZlib", "Inspection", "JSON", "TestSupport"], resources: [.copy("Fixtures")]),
    tests("Figures", ["CZlib", "JSON", "TestSupport", "Traces", "TUI"]),
    tests("Engine", ["Checkpoints", "Inspection", "Layers", "Models", "Text", "Traces"]),
    tests("Explorer", ["Inspection", "TestSupport", "Traces", "TUI"], resources: [.copy("Snapshots")]),
    tests("UserFiles", ["Engine", "Explorer", "TUI", "TestSupport", "Traces"]),
    tests(
      "Training", ["CZlib", "Checkpoints", "Layers", "Metrics", "Models", "Tensors", "TestSupport", "Text", "Traces"]),
  ]
)
