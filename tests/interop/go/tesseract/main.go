// SPDX-License-Identifier: Apache-2.0

// TesseraCT on a file system, for chains that Fulcio sends. Its own program
// also links exporters of telemetry and a database against duplicates.
//
//	tesseract ADDRESS ORIGIN FOLDER ROOTS KEY
package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/transparency-dev/tessera"
	tiles "github.com/transparency-dev/tessera/storage/posix"
	"github.com/transparency-dev/tesseract"
	"github.com/transparency-dev/tesseract/storage"
	"github.com/transparency-dev/tesseract/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// open makes the log in a folder. An answer waits for a checkpoint.
func open(folder string) storage.CreateStorage {
	return func(ctx context.Context, signer note.Signer) (*storage.CTStorage, error) {
		driver, err := tiles.New(ctx, tiles.Config{Path: folder})
		if err != nil {
			return nil, err
		}
		appender, _, reader, err := tessera.NewAppender(ctx, driver,
			tessera.NewAppendOptions().WithCheckpointSigner(signer).WithCTLayout().
				WithCheckpointInterval(200*time.Millisecond))
		if err != nil {
			return nil, err
		}
		issuers, err := posix.NewIssuerStorage(ctx, folder)
		if err != nil {
			return nil, err
		}
		return storage.NewCTStorage(ctx, &storage.CTStorageOptions{
			Appender: appender, Reader: reader, IssuerStorage: issuers,
			EnablePubAwaiter: true})
	}
}

func serve(address, origin, folder, roots, keyPath string) error {
	text, err := os.ReadFile(keyPath)
	if err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return fmt.Errorf("%s: no PEM", keyPath)
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return err
	}
	log, err := tesseract.NewLogHandler(context.Background(), origin, key,
		tesseract.ChainValidationConfig{RootsPEMFile: roots,
			ExtKeyUsages: "CodeSigning"},
		open(folder), 10*time.Second, false, "",
		tesseract.LogHandlerOpts{DedupRL: -1, MaxCertChainBytes: 512 << 10})
	if err != nil {
		return err
	}
	return (&http.Server{Addr: address, Handler: log,
		ReadHeaderTimeout: time.Minute}).ListenAndServe()
}

func main() {
	err := fmt.Errorf("usage: tesseract ADDRESS ORIGIN FOLDER ROOTS KEY")
	if a := os.Args; len(a) == 6 {
		err = serve(a[1], a[2], a[3], a[4], a[5])
	}
	fmt.Fprintln(os.Stderr, "tesseract:", err)
	os.Exit(1)
}
