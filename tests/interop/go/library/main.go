// SPDX-License-Identifier: Apache-2.0

// What sigstore-go's library does and its programs do not offer.
//
//	sigstore-go-library loop TRUSTED_ROOT BUNDLE ARTIFACT IDENTITY ISSUER COUNT
//	sigstore-go-library key PUBLIC_KEY BUNDLE ARTIFACT
//
// loop: the same bundle many times, beside tests/bench/bench_verify_bundles.cpp.
// What can be made once is made once: the trusted root, the verifier, the
// identity. Each round parses the bundle and verifies it. Prints the seconds of
// a bundle.
//
// key: verifies a bundle of a managed key that is in no log.
package main

import (
	"bytes"
	"crypto"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
)

func verifyOnce(verifier *verify.Verifier, json, artifact []byte, who verify.PolicyOption) error {
	var b bundle.Bundle
	if err := b.UnmarshalJSON(json); err != nil {
		return err
	}
	_, err := verifier.Verify(&b, verify.NewPolicy(
		verify.WithArtifact(bytes.NewReader(artifact)), who))
	return err
}

func loop(args []string) error {
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
		if err := verifyOnce(verifier, json, artifact,
			verify.WithCertificateIdentity(identity)); err != nil {
			return err
		}
	}
	fmt.Printf("%.9f\n", time.Since(start).Seconds()/float64(count))
	return nil
}

func trustedKey(path string) (root.TrustedMaterial, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := cryptoutils.UnmarshalPEMToPublicKey(pem)
	if err != nil {
		return nil, err
	}
	load := func(key crypto.PublicKey) (root.TimeConstrainedVerifier, error) {
		verifier, err := signature.LoadDefaultVerifier(key)
		if err != nil {
			return nil, err
		}
		return root.NewExpiringKey(verifier, time.Time{}, time.Time{}), nil
	}
	return root.NewTrustedPublicKeyMaterial(
		func(string) (root.TimeConstrainedVerifier, error) { return load(key) }), nil
}

func key(args []string) error {
	trusted, err := trustedKey(args[0])
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
	verifier, err := verify.NewVerifier(trusted, verify.WithNoObserverTimestamps())
	if err != nil {
		return err
	}
	return verifyOnce(verifier, json, artifact, verify.WithKey())
}

func main() {
	err := fmt.Errorf("usage: sigstore-go-library loop TRUSTED_ROOT BUNDLE ARTIFACT IDENTITY ISSUER COUNT | key PUBLIC_KEY BUNDLE ARTIFACT")
	switch {
	case len(os.Args) == 8 && os.Args[1] == "loop":
		err = loop(os.Args[2:])
	case len(os.Args) == 5 && os.Args[1] == "key":
		err = key(os.Args[2:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sigstore-go-library:", err)
		os.Exit(1)
	}
}
