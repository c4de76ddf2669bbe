// The core of HashiCorp Vault 1.14 (MPL-2.0) as a development server, with what the tests need of it: `vault server -dev`
// and `vault version`, as the official program understands them. All is kept in memory.
package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	log "github.com/hashicorp/go-hclog"
	credJWT "github.com/hashicorp/vault-plugin-auth-jwt"
	credKubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/builtin/credential/approle"
	"github.com/hashicorp/vault/builtin/logical/transit"
	"github.com/hashicorp/vault/command/server"
	"github.com/hashicorp/vault/helper/namespace"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

const version = "1.14.1"

// No plugins but those that are built in.
type noPlugins struct{}

func (noPlugins) Contains(string, consts.PluginType) bool { return false }
func (noPlugins) Get(string, consts.PluginType) (func() (interface{}, error), bool) {
	return nil, false
}
func (noPlugins) Keys(consts.PluginType) []string { return nil }
func (noPlugins) DeprecationStatus(string, consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, true
}
func (noPlugins) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "vault:", err)
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) > 1 && (os.Args[1] == "version" || os.Args[1] == "-version") {
		fmt.Printf("Vault v%s (core)\n", version)
		return
	}
	address := os.Getenv("VAULT_DEV_LISTEN_ADDRESS")
	rootToken := os.Getenv("VAULT_DEV_ROOT_TOKEN_ID")
	if address == "" || rootToken == "" {
		must(fmt.Errorf("VAULT_DEV_LISTEN_ADDRESS and VAULT_DEV_ROOT_TOKEN_ID must be set"))
	}
	// Before anything else: whoever asks whether it serves must not reach another server.
	listener, err := net.Listen("tcp", address)
	must(err)
	core, unsealKey := start("http://" + address)
	awaitActive(core)
	prepare(core, unsealKey.root, rootToken)
	fmt.Printf("Unseal Key: %s\n", base64.StdEncoding.EncodeToString(unsealKey.share))
	must(http.Serve(listener, vaulthttp.Handler.Handler(&vault.HandlerProperties{
		Core: core, ListenerConfig: &configutil.Listener{},
	})))
}

type keys struct {
	share []byte
	root  string
}

func start(redirect string) (*vault.Core, keys) {
	logger := log.New(&log.LoggerOptions{Name: "vault", Level: log.LevelFromString(os.Getenv("VAULT_LOG_LEVEL"))})
	storage, err := inmem.NewInmem(nil, logger)
	must(err)
	core, err := vault.NewCore(&vault.CoreConfig{
		RawConfig:       &server.Config{SharedConfig: &configutil.SharedConfig{}},
		Physical:        storage,
		StorageType:     "inmem",
		Logger:          logger,
		DisableMlock:    true,
		RedirectAddr:    redirect,
		BuiltinRegistry: noPlugins{},
		LogicalBackends: map[string]logical.Factory{"kv": kv.Factory, "transit": transit.Factory},
		CredentialBackends: map[string]logical.Factory{
			"kubernetes": credKubernetes.Factory, "jwt": credJWT.Factory, "approle": approle.Factory,
		},
		MaxLeaseTTL:     32 * 24 * time.Hour,
		DefaultLeaseTTL: 32 * 24 * time.Hour,
	})
	must(err)
	initialized, err := core.Initialize(context.Background(), &vault.InitParams{
		BarrierConfig: &vault.SealConfig{SecretShares: 1, SecretThreshold: 1},
	})
	must(err)
	share := initialized.SecretShares[0]
	_, err = core.Unseal(vault.TestKeyCopy(share))
	must(err)
	return core, keys{share, initialized.RootToken}
}

func awaitActive(core *vault.Core) {
	for {
		if !core.Sealed() {
			if isLeader, _, _, err := core.Leader(); err == nil && isLeader || err == vault.ErrHANotEnabled {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// The root token that was asked for, and KV version 2 at secret/, as in the official development server.
func prepare(core *vault.Core, madeToken string, rootToken string) {
	request(core, madeToken, "auth/token/create", map[string]interface{}{
		"id": rootToken, "policies": []string{"root"}, "no_parent": true, "no_default_policy": true,
	})
	request(core, rootToken, "sys/mounts/secret", map[string]interface{}{
		"type": "kv", "options": map[string]string{"version": "2"},
	})
}

func request(core *vault.Core, token string, path string, data map[string]interface{}) {
	response, err := core.HandleRequest(namespace.RootContext(context.Background()), &logical.Request{
		ID: path, Operation: logical.UpdateOperation, ClientToken: token, Path: path, Data: data,
	})
	must(err)
	if response != nil && response.IsError() {
		must(response.Error())
	}
}
