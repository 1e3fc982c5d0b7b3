// SPDX-License-Identifier: Apache-2.0

// bench-verify-bundles: sigstore-go's library over the same bundle many times,
// beside tests/bench/bench_verify_bundles.cpp.
//
//	bench TRUSTED_ROOT BUNDLE ARTIFACT IDENTITY ISSUER COUNT
//
// What can be made once is made once: the trusted root, the verifier and the
// policy. Each round parses the bundle and verifies it. Prints the seconds of
// a bundle.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

func run(args []string) error {
	trusted, err := root.NewTrustedRootFromPath(args[0])
	if err != nil {
		return err
	}
	json, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	artifact, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(args[5])
	if err != nil {
		return err
	}
	// What its conformance program asks for.
	verifier, err := verify.NewVerifier(trusted,
		verify.WithSignedCertificateTimestamps(1),
		verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1))
	if err != nil {
		return err
	}
	identity, err := verify.NewShortCertificateIdentity(args[4], "", args[3], "")
	if err != nil {
		return err
	}
	start := time.Now()
	for i := 0; i < count; i++ {
		var b bundle.Bundle
		if err := b.UnmarshalJSON(json); err != nil {
			return err
		}
		policy := verify.NewPolicy(
			verify.WithArtifact(bytes.NewReader(artifact)),
			verify.WithCertificateIdentity(identity))
		if _, err := verifier.Verify(&b, policy); err != nil {
			return err
		}
	}
	fmt.Printf("%.9f\n", time.Since(start).Seconds()/float64(count))
	return nil
}

func main() {
	if len(os.Args) != 7 {
		fmt.Fprintln(os.Stderr, "usage: bench TRUSTED_ROOT BUNDLE ARTIFACT IDENTITY ISSUER COUNT")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
