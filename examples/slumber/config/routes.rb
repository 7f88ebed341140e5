Rails.application.routes.draw do
  root "nights#index"
  resources :nights, only: [:create, :destroy]
  get "up" => "health#show"
end
