// SPDX-License-Identifier: Apache-2.0

// Fulcio's server with a certificate authority in files, over HTTP alone. Its
// own program also links the key services of four clouds, which takes longer to
// build than everything else here.
//
//	fulcio ADDRESS CONFIG CHAIN KEY CT_LOG_URL CT_LOG_PUBLIC_KEY
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	ctclient "github.com/google/certificate-transparency-go/client"
	"github.com/google/certificate-transparency-go/jsonclient"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/sigstore/fulcio/pkg/ca/fileca"
	"github.com/sigstore/fulcio/pkg/config"
	"github.com/sigstore/fulcio/pkg/generated/protobuf"
	"github.com/sigstore/fulcio/pkg/server"
	v1 "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore/pkg/signature"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// What a real Fulcio accepts unless it is told otherwise.
var algorithms = []v1.PublicKeyDetails{
	v1.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256,
	v1.PublicKeyDetails_PKIX_ECDSA_P384_SHA_384,
	v1.PublicKeyDetails_PKIX_ECDSA_P521_SHA_512,
	v1.PublicKeyDetails_PKIX_RSA_PKCS1V15_2048_SHA256,
	v1.PublicKeyDetails_PKIX_RSA_PKCS1V15_3072_SHA256,
	v1.PublicKeyDetails_PKIX_RSA_PKCS1V15_4096_SHA256,
	v1.PublicKeyDetails_PKIX_ED25519,
}

func ctLog(url, keyPath string) (*ctclient.LogClient, error) {
	key, err := os.ReadFile(keyPath)
	if err != nil {
		return nil, err
	}
	return ctclient.New(url, &http.Client{Timeout: 30 * time.Second},
		jsonclient.Options{PublicKey: string(key)})
}

// The token travels to the server as metadata.
func bearer(_ context.Context, request *http.Request) metadata.MD {
	const scheme = "Bearer "
	header := request.Header.Get("Authorization")
	if len(header) > len(scheme) && header[:len(scheme)] == scheme {
		header = header[len(scheme):]
	}
	return metadata.Pairs(server.MetadataOIDCTokenKey, header)
}

// The server says by metadata which status it wants.
func status(ctx context.Context, w http.ResponseWriter, _ proto.Message) error {
	answer, ok := runtime.ServerMetadataFromContext(ctx)
	if !ok {
		return nil
	}
	if wanted := answer.HeaderMD.Get(server.HTTPResponseCodeMetadataKey); len(wanted) > 0 {
		code, err := strconv.Atoi(wanted[0])
		if err != nil {
			return err
		}
		w.WriteHeader(code)
	}
	return nil
}

func serve(address, configPath, chain, key, logURL, logKey string) error {
	settings, err := config.Load(configPath)
	if err != nil {
		return err
	}
	authority, err := fileca.NewFileCA(chain, key, "unused", false)
	if err != nil {
		return err
	}
	defer authority.Close()
	log, err := ctLog(logURL, logKey)
	if err != nil {
		return err
	}
	registry, err := signature.NewAlgorithmRegistryConfig(algorithms)
	if err != nil {
		return err
	}
	mux := runtime.NewServeMux(runtime.WithMetadata(bearer),
		runtime.WithForwardResponseOption(status))
	err = protobuf.RegisterCAHandlerServer(context.Background(), mux,
		server.NewGRPCCAServer(log, authority, registry, server.NewIssuerPool(settings)))
	if err != nil {
		return err
	}
	// The server takes its settings from the context of a request.
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(config.With(r.Context(), settings)))
	})
	routes := http.NewServeMux()
	routes.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	routes.Handle("/", api)
	return (&http.Server{Addr: address, Handler: routes,
		ReadHeaderTimeout: time.Minute}).ListenAndServe()
}

func main() {
	err := fmt.Errorf("usage: fulcio ADDRESS CONFIG CHAIN KEY CT_LOG_URL CT_LOG_PUBLIC_KEY")
	if len(os.Args) == 7 {
		a := os.Args
		err = serve(a[1], a[2], a[3], a[4], a[5], a[6])
	}
	fmt.Fprintln(os.Stderr, "fulcio:", err)
	os.Exit(1)
}
