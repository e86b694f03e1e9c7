// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "heed-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "heed", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "heed-bench",
      dependencies: [
        .product(name: "Heed", package: "heed"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ])
  ]
)
